import { defineConfig } from '@playwright/test'

const PORT = process.env.PORT || 3000
const baseURL = `http://localhost:${PORT}`

export default defineConfig({
  use: { baseURL },
  webServer: [
    { command: 'npm run dev', url: baseURL, reuseExistingServer: !process.env.CI },
    { command: 'npm run api -- --port 4100', port: 4100 },
  ],
})
