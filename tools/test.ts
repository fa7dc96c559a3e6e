/**
 * Runs the tests: all of them, or those of the files and folders named. Files run side by side, three
 * more than the machine has processors; those named `*.serial.test.ts` run alone afterwards. The last
 * line is always `N passed, N failed`; the exit code is 1 when anything failed or nothing ran.
 *
 * Usage: npm test [-- <file or folder> …]
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { compileAhead } from './suite/compile-ahead.ts'
import { findTestFiles } from './suite/find-test-files.ts'
import { printCrowded, printFailures, printFile, printSkips, printTotals } from './suite/report.ts'
import { type FileResult, runTestFile } from './suite/run-test-file.ts'

const TEST_TIMEOUT_MS = 300_000

/** The most files that are run again alone after they failed. */
const AGAIN_MOST = 12

const root = join(import.meta.dirname, '..')

async function main(asked: readonly string[]): Promise<number> {
  // Hundreds of processes load the same sources.
  process.env['NODE_COMPILE_CACHE'] ??= join(root, 'node_modules/.cache/rampart-tests')
  if (asked.length === 0) await compileAhead(root, process.env['NODE_COMPILE_CACHE'])
  const files = findTestFiles(root, asked)
  for (const path of files.missing) console.error(`There is no test at ${path}.`)
  const results: FileResult[] = []
  // A file keeps two fifths of a processor busy: the rest of its time it waits.
  await runAll(files.parallel, availableParallelism() + 3, results)
  await runAll(files.serial, 1, results)
  const failed = results.filter((result) => result.failures.length > 0)
  const again = await runAloneAgain(failed, results)
  results.sort((one, other) => (one.file < other.file ? -1 : 1))
  for (const text of [printFailures(results), printCrowded(again), printSkips(results)]) {
    if (text !== '') console.log(`\n${text}`)
  }
  console.log(`\n${printTotals(results)}`)
  const hasFailed = results.some((result) => result.failures.length > 0)
  const hasRun = results.some((result) => result.passed > 0)
  return hasFailed || !hasRun || files.missing.length > 0 ? 1 : 0
}

/**
 * Gives the few files that failed a second run, alone: what fails for want of a processor, with others
 * or with what they left running, is told from what is broken. Returns the first accounts of those that
 * passed then; many failures are no bad luck, and are left as they are.
 */
async function runAloneAgain(
  failed: readonly FileResult[],
  results: FileResult[],
): Promise<readonly FileResult[]> {
  if (failed.length > AGAIN_MOST) return []
  const passed: FileResult[] = []
  for (const first of failed) {
    const second = await runTestFile({ root, file: first.file, timeoutMs: TEST_TIMEOUT_MS })
    console.log(`again, alone: ${printFile(second)}`)
    results.splice(results.indexOf(first), 1, second)
    if (second.failures.length === 0) passed.push(first)
  }
  return passed
}

/**
 * Runs files, so many at once, and prints a line for each as it ends. Two in five are taken from the end,
 * so that what spans the whole system and often waits is run beside what is small and never does.
 */
async function runAll(
  files: readonly string[],
  atOnce: number,
  results: FileResult[],
): Promise<void> {
  const queue = [...files]
  const workers = Array.from({ length: atOnce }, async (_, place) => {
    const isFromEnd = place % 5 === 1 || place % 5 === 3
    const take = (): string | undefined => (isFromEnd ? queue.pop() : queue.shift())
    for (let file = take(); file !== undefined; file = take()) {
      const result = await runTestFile({ root, file, timeoutMs: TEST_TIMEOUT_MS })
      results.push(result)
      console.log(printFile(result))
    }
  })
  await Promise.all(workers)
}

process.exitCode = await main(process.argv.slice(2))
