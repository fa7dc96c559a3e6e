/** Compiles src to dist for the published package. In the repository nothing needs it. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runCompiler } from './check/checkers.ts'

const root = join(import.meta.dirname, '..')

await rm(join(root, 'dist'), { recursive: true, force: true })
const result = await runCompiler(root, 'tsconfig.build.json')
if (!result.isClean) console.error(result.output)
process.exitCode = result.isClean ? 0 : 1
