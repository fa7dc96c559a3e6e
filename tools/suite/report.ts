/** The words of a test run: a line a file, failures in full, what was skipped and why, one last line. */
import type { FileResult } from './run-test-file.ts'

/** The line of one file. */
export function printFile(result: FileResult): string {
  const counts = [
    result.passed > 0 && `${result.passed} passed`,
    result.failures.length > 0 && `${result.failures.length} failed`,
    result.skips.length > 0 && `${result.skips.length} skipped`,
  ].filter((part) => part !== false)
  const mark = result.failures.length > 0 ? 'FAIL' : result.passed > 0 ? 'ok  ' : 'skip'
  return `${mark} ${result.file} (${counts.join(', ')}, ${Math.round(result.durationMs)} ms)`
}

/** Every failure with its account, what the file printed, and the command that runs it again. */
export function printFailures(results: readonly FileResult[]): string {
  const parts = results
    .filter((result) => result.failures.length > 0)
    .map((result) => {
      const failures = result.failures.map(
        (failure) => `✗ ${failure.title}\n  at ${failure.place}\n${indent(failure.account)}`,
      )
      const output =
        result.output.trim() === '' ? [] : [`  it printed:\n${indent(result.output.trim())}`]
      return [...failures, ...output, `  again: npm test -- ${result.file}`].join('\n')
    })
  return parts.join('\n\n')
}

/** What failed at first and passed alone: it counts as passed, and is to be made less easily upset. */
export function printCrowded(results: readonly FileResult[]): string {
  if (results.length === 0) return ''
  const accounts = printFailures(results)
  return `Failed at first and passed when run again alone, so it counts as passed:\n${indent(accounts)}`
}

/** What was skipped, the tests of one reason together. */
export function printSkips(results: readonly FileResult[]): string {
  const titlesByReason = new Map<string, string[]>()
  for (const result of results) {
    for (const skip of result.skips) {
      const titles = titlesByReason.get(skip.reason) ?? []
      titlesByReason.set(skip.reason, [...titles, `${result.file}: ${skip.title}`])
    }
  }
  return [...titlesByReason]
    .map(
      ([reason, titles]) =>
        `Skipped: ${reason}\n${titles.map((title) => `  - ${title}`).join('\n')}`,
    )
    .join('\n')
}

/** The last line: `N passed, N failed`, and `, N skipped` when there are any. */
export function printTotals(results: readonly FileResult[]): string {
  const passed = sum(results.map((result) => result.passed))
  const failed = sum(results.map((result) => result.failures.length))
  const skipped = sum(results.map((result) => result.skips.length))
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}
