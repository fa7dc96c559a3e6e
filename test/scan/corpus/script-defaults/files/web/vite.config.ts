import { defineConfig, loadEnv } from 'vite'

const { HMR_PORT = 24679 } = process.env

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, process.cwd())
  return {
    server: {
      host: '0.0.0.0',
      port: Number(env.VITE_PORT || 3100),
      hmr: { port: HMR_PORT },
      proxy: { '/api': `http://localhost:${process.env.API_PORT ?? 4000}` },
    },
  }
})
