/** Checks types and format, as `npm test` does too, and shows what the compiler and Biome say. */
import { runBiome, runCompiler } from './check/checkers.ts'

const root = `${import.meta.dirname}/..`
const results = [
  await runCompiler(root, 'tsconfig.json'),
  await runCompiler(root, 'tsconfig.core.json'),
  await runCompiler(root, 'tsconfig.web.json'),
  await runBiome(root, process.argv.slice(2)),
]
for (const result of results) {
  console.log(`${result.isClean ? 'ok  ' : 'FAIL'} ${result.command}`)
  if (!result.isClean) console.log(result.output)
}
process.exitCode = results.every((result) => result.isClean) ? 0 : 1
