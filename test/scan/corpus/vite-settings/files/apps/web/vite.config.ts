import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// server: { port: 9999 }
export default defineConfig({
  plugins: [react()],
  server: {
    port: 3000,
    strictPort: true,
    hmr: { port: 24678 },
    proxy: {
      '/api': 'http://localhost:3001',
      '/live': { target: 'ws://localhost:3001', ws: true },
    },
  },
  preview: { port: 3000, host: '127.0.0.1' },
})
