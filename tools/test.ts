/**
 * Runs the tests: all of them, or those of the files and folders named. Files run side by side, one
 * more than the machine has processors; those named `*.serial.test.ts` run alone afterwards. The last
 * line is always `N passed, N failed`; the exit code is 1 when anything failed or nothing ran.
 *
 * Usage: npm test [-- <file or folder> …]
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { findTestFiles } from './suite/find-test-files.ts'
import { printFailures, printFile, printSkips, printTotals } from './suite/report.ts'
import { type FileResult, runTestFile } from './suite/run-test-file.ts'

const TEST_TIMEOUT_MS = 300_000

const root = join(import.meta.dirname, '..')

async function main(asked: readonly string[]): Promise<number> {
  const files = findTestFiles(root, asked)
  for (const path of files.missing) console.error(`There is no test at ${path}.`)
  const results: FileResult[] = []
  // Most tests wait for something most of the time, so one more than can work at once.
  await runAll(files.parallel, availableParallelism() + 1, results)
  await runAll(files.serial, 1, results)
  results.sort((one, other) => (one.file < other.file ? -1 : 1))
  for (const text of [printFailures(results), printSkips(results)]) {
    if (text !== '') console.log(`\n${text}`)
  }
  console.log(`\n${printTotals(results)}`)
  const hasFailed = results.some((result) => result.failures.length > 0)
  const hasRun = results.some((result) => result.passed > 0)
  return hasFailed || !hasRun || files.missing.length > 0 ? 1 : 0
}

/** Runs files, so many at once, and prints a line for each as it ends. */
async function runAll(
  files: readonly string[],
  atOnce: number,
  results: FileResult[],
): Promise<void> {
  const queue = files.values()
  const workers = Array.from({ length: atOnce }, async () => {
    for (const file of queue) {
      const result = await runTestFile({ root, file, timeoutMs: TEST_TIMEOUT_MS })
      results.push(result)
      console.log(printFile(result))
    }
  })
  await Promise.all(workers)
}

process.exitCode = await main(process.argv.slice(2))
