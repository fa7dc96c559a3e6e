module.exports = {
  use: { baseURL: 'http://127.0.0.1:4100' },
  webServer: { command: 'vite preview --port 4100', port: 4100 },
}
