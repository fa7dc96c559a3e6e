import type { UserConfig } from 'vite'
const isDev = process.env.NODE_ENV !== 'production'
export default {
  ...(isDev && { server: { port: 4100 } }),
  preview: { port: 4200, strictPort: true },
} satisfies UserConfig
