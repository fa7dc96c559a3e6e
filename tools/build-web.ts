/**
 * Builds the dashboard with Vite, for the package and for browser tests. Everything it needs is in the
 * files it writes: the page asks nobody but its own server.
 */
import { join } from 'node:path'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { build, type InlineConfig } from 'vite'

const root = join(import.meta.dirname, '..')

/** How the dashboard is built, and served while it is worked on. */
export function webConfig(outDir: string): InlineConfig {
  return {
    configFile: false,
    root: join(root, 'src/web'),
    logLevel: 'warn',
    plugins: [react(), tailwind()],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2024',
      sourcemap: false,
      // Inlined files would be `data:` addresses, which the content security policy refuses.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 700,
    },
  }
}

/** Builds into a folder, which is emptied first. */
export async function buildWeb(outDir: string): Promise<void> {
  await build(webConfig(outDir))
}
