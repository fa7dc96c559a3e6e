/** Runs one test file in its own process and tells what became of each of its tests. */
import { join } from 'node:path'
import type { EventData } from 'node:test'
import { run } from 'node:test'
import { inspect } from 'node:util'

/** A test that failed. */
export interface Failure {
  /** Its title, after the titles it stands under. */
  readonly title: string
  /** `file:line`. */
  readonly place: string
  /** What went wrong, for people. */
  readonly account: string
}

/** A test that was not run. */
export interface Skip {
  readonly title: string
  readonly reason: string
}

/** What became of one file. */
export interface FileResult {
  readonly file: string
  readonly passed: number
  readonly failures: readonly Failure[]
  readonly skips: readonly Skip[]
  readonly durationMs: number
  /** What the file printed. */
  readonly output: string
}

interface Tally {
  passed: number
  readonly failures: Failure[]
  readonly skips: Skip[]
  /** Titles of the tests and suites around the one being reported, by depth. */
  readonly titles: string[]
  output: string
}

/** What the runner adds to the error of a test or of a file's process. */
interface RunnerError extends Error {
  readonly failureType?: string
  readonly exitCode?: number
  readonly signal?: string | null
}

/** How long nothing may be heard of a file once all its tests have ended. @unit ms */
const CLEAN_UP_MOST_MS = 120_000

/** Runs one file; never rejects for what the tests do. */
export async function runTestFile(options: {
  readonly root: string
  readonly file: string
  /** How long one test may take. */
  readonly timeoutMs: number
}): Promise<FileResult> {
  const path = join(options.root, options.file)
  const tally: Tally = { passed: 0, failures: [], skips: [], titles: [], output: '' }
  const startedMs = performance.now()
  const watch = new Watch(options.timeoutMs)
  const { signal } = watch
  const events = run({
    files: [path],
    cwd: options.root,
    concurrency: 1,
    timeout: options.timeoutMs,
    signal,
  })
  for await (const event of events) {
    if (event.type === 'test:enqueue' && event.data.name !== path) watch.begins()
    if (event.type === 'test:complete' && event.data.name !== path) watch.ends()
    if (event.type === 'test:start') tally.titles[event.data.nesting] = event.data.name
    if (event.type === 'test:stdout' || event.type === 'test:stderr')
      tally.output += event.data.message
    if (event.type === 'test:pass') countPass(tally, event.data, path)
    if (event.type === 'test:fail') countFailure(tally, event.data, options.file, path)
  }
  watch.close()
  if (tally.passed + tally.failures.length + tally.skips.length === 0) {
    tally.failures.push({
      title: options.file,
      place: options.file,
      account: 'The file declares no test.',
    })
  }
  const { passed, failures, skips, output } = tally
  const durationMs = performance.now() - startedMs
  return { file: options.file, passed, failures, skips, durationMs, output }
}

/**
 * Breaks a file off when nothing was heard of it for too long. The runner limits tests, but neither their
 * clean-up nor what they have left running, for which it would wait without end.
 */
class Watch {
  readonly #control = new AbortController()
  readonly #timeoutMs: number
  #begun = 0
  #ended = 0
  #timer: NodeJS.Timeout

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
    this.#timer = this.#wait()
  }

  get signal(): AbortSignal {
    return this.#control.signal
  }

  begins(): void {
    this.#begun += 1
    this.#again()
  }

  ends(): void {
    this.#ended += 1
    this.#again()
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #again(): void {
    clearTimeout(this.#timer)
    this.#timer = this.#wait()
  }

  #wait(): NodeJS.Timeout {
    const isOver = this.#begun > 0 && this.#begun === this.#ended
    const mostMs = CLEAN_UP_MOST_MS + (isOver ? 0 : this.#timeoutMs)
    const what = isOver ? 'After its tests had ended something went on' : 'Nothing was heard of it'
    const reason = new Error(`${what} for ${mostMs / 1_000} s.`)
    return setTimeout(() => this.#control.abort(reason), mostMs)
  }
}

function countPass(tally: Tally, data: EventData.TestPass, path: string): void {
  // Node reports a file without tests as one passed test that bears the file's name.
  if (data.details.type === 'suite' || data.name === path) return
  if (data.skip !== undefined)
    tally.skips.push({ title: titleOf(tally, data), reason: reasonOf(data.skip) })
  else if (data.todo !== undefined)
    tally.skips.push({ title: titleOf(tally, data), reason: 'still to be written' })
  else tally.passed += 1
}

function countFailure(tally: Tally, data: EventData.TestFail, file: string, path: string): void {
  const error: RunnerError = data.details.error
  const isFollowUp = error.failureType === 'subtestsFailed'
  if (data.details.type === 'suite' && isFollowUp) return
  tally.failures.push({
    title: data.name === path ? `${file} as a whole` : titleOf(tally, data),
    place: `${file}:${data.line ?? 1}`,
    account: isFollowUp ? 'A test inside it failed.' : accountOf(error),
  })
}

function titleOf(tally: Tally, data: { readonly name: string; readonly nesting: number }): string {
  return [...tally.titles.slice(0, data.nesting), data.name].join(' › ')
}

function reasonOf(skip: string | boolean): string {
  return typeof skip === 'string' && skip !== '' ? skip : 'no reason given'
}

function accountOf(error: RunnerError): string {
  if (error.exitCode !== undefined || error.signal) {
    return `Its process ended with ${error.signal ?? `exit code ${error.exitCode}`}.`
  }
  // The runner wraps what the test threw; the wrapper says nothing that the cause does not.
  const thrown = error.cause ?? error
  if (!(thrown instanceof Error)) return String(thrown)
  const isAssertion = 'code' in thrown && thrown.code === 'ERR_ASSERTION'
  const text = isAssertion ? String(thrown.stack) : inspect(thrown, { depth: 6 })
  return text.replaceAll(/^ +at .*\bnode:internal\b.*\n?/gm, '').trimEnd()
}
