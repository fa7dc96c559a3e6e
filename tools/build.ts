/**
 * Compiles src to dist for the published package, and builds the dashboard into dist/web, from where the
 * server takes it in the repository too. `npm run build -- web` builds the dashboard alone.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buildWeb } from './build-web.ts'
import { runCompiler } from './check/checkers.ts'

const root = join(import.meta.dirname, '..')

const isWebAlone = process.argv[2] === 'web'

if (!isWebAlone) {
  await rm(join(root, 'dist'), { recursive: true, force: true })
  const result = await runCompiler(root, 'tsconfig.build.json')
  if (!result.isClean) console.error(result.output)
  process.exitCode = result.isClean ? 0 : 1
}
await buildWeb(join(root, 'dist/web'))
