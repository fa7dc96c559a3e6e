const config = { plugins: [] }
config.server = { port: 4100, host: '127.0.0.1' }
module.exports = config
