/** Askings for tests of probes: an input, and a signal that aborts in good time. */
import assert from 'node:assert/strict'
import type { Answer } from '../../src/core/plan/verdict.ts'
import type { JsonObject } from '../../src/core/units/json.ts'
import type { Asking, Probe } from '../../src/seams/probe.ts'
import { until } from './until.ts'

/** What a test says besides the input. */
export interface AskingOptions {
  readonly self?: JsonObject
  /** @unit ms @default 30000 */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** One asking. */
export function askingOf(input: JsonObject, options: AskingOptions = {}): Asking {
  const signal = options.signal ?? AbortSignal.timeout(options.timeoutMs ?? 30_000)
  return { input, self: options.self ?? {}, attempt: 1, signal }
}

/** Asks once. */
export function askOnce(
  probe: Probe,
  input: JsonObject,
  options: AskingOptions = {},
): Promise<Answer> {
  return probe.ask(askingOf(input, options))
}

/** The verdict, the outlook and the reason in one line: `failed notYet refused`. */
export function gist(answer: Answer): string {
  const outlook = answer.verdict === 'passed' ? '' : ` ${answer.outlook}`
  return `${answer.verdict}${outlook} ${answer.reason}`
}

/** Asks until the answer passes; fails at a terminal answer or after `withinMs`. */
export async function askUntilPassed(
  probe: Probe,
  asking: () => Asking,
  withinMs: number,
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  const giveUpMs = performance.now() + withinMs
  for (;;) {
    const answer = await probe.ask(asking())
    answers.push(answer)
    if (answer.verdict === 'passed') return answers
    assert.notEqual(answer.outlook, 'terminal', answer.sentence)
    assert.ok(performance.now() < giveUpMs, `not passed within ${withinMs} ms: ${answer.sentence}`)
  }
}

/** Asks again and again until the answer is as expected. @throws AssertionError when it is not, for a minute */
export async function askUntil(ask: () => Promise<Answer>, expected: RegExp): Promise<Answer> {
  let answer = await ask()
  await until(`it is ${expected}`, async () => {
    if (expected.test(`${gist(answer)}: ${answer.sentence}`)) return true
    answer = await ask()
    return false
  })
  return answer
}

/** How many milliseconds asking takes when the signal aborts after `abortMs`. */
export async function settleMsAfterAbort(
  probe: Probe,
  input: JsonObject,
  abortMs: number,
): Promise<{ readonly settleMs: number; readonly answer: Answer }> {
  const aborting = new AbortController()
  const asked = askOnce(probe, input, { signal: aborting.signal })
  const { promise: abortedMs, resolve } = Promise.withResolvers<number>()
  setTimeout(() => {
    resolve(performance.now())
    aborting.abort()
  }, abortMs)
  const answer = await asked
  return { settleMs: performance.now() - (await abortedMs), answer }
}
