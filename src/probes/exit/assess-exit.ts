/**
 * Judges how a started process ended, or that it still runs.
 *
 * | expected | found | answer |
 * |---|---|---|
 * | codes | running | failed, notYet: still-running |
 * | codes | one of them | passed: exited |
 * | codes | another code, a signal | failed, terminal: wrong-code, killed |
 * | running | running | passed: running |
 * | running | ended in whatever way | failed, terminal: ended |
 * | either | gone, and nobody saw how | failed, terminal: lost |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { ProcessState } from '../../seams/processes.ts'
import { notYet, passed, terminal } from '../answer/answer.ts'
import { redactText } from '../redaction/redact.ts'

/** What the process is expected to do. */
export type ExpectedExit = 'running' | readonly number[]

/** How many of the last lines of standard error are evidence. */
const LINES_MAX = 5
const LINE_LENGTH_MAX = 400

/** Judges one look at the process. */
export function assessExit(expected: ExpectedExit, state: ProcessState, nowMs: number): Answer {
  const ranMs = Math.max(0, Math.round((state.endedAtMs ?? nowMs) - state.startedAtMs))
  const lines = (state.lastErrors ?? []).slice(-LINES_MAX).map(printLine)
  const evidence: JsonObject = {
    status: state.status,
    pid: state.pid,
    ranMs,
    ...(state.code === undefined ? {} : { code: state.code }),
    ...(state.signal === undefined ? {} : { signal: state.signal }),
    ...(lines.length === 0 ? {} : { lastErrors: lines }),
  }
  const ran = describeDuration(ranMs)
  if (state.status === 'running') return assessRunning(expected, state, ran, evidence)
  const last = tellingLine((state.lastErrors ?? []).map(printLine))
  const why = last === undefined ? '' : ` Its last error: ${last}`
  if (state.status === 'lost') {
    const sentence = `The process is gone after ${ran}, and nobody saw how it ended.${why}`
    return terminal({ reason: 'lost', sentence, evidence })
  }
  const how = state.signal === undefined ? `exited with ${state.code}` : `died of ${state.signal}`
  if (expected === 'running') {
    const sentence = `The process ${how} after ${ran}; it should keep running.${why}`
    return terminal({ reason: 'ended', sentence, evidence })
  }
  const codes = expected.join(' or ')
  if (state.signal === undefined && state.code !== undefined && expected.includes(state.code)) {
    return passed({ reason: 'exited', sentence: `The process ${how} after ${ran}.`, evidence })
  }
  const reason = state.signal === undefined ? 'wrong-code' : 'killed'
  const sentence = `The process ${how} after ${ran}; ${codes} expected.${why}`
  return terminal({ reason, sentence, evidence })
}

function assessRunning(
  expected: ExpectedExit,
  state: ProcessState,
  ran: string,
  evidence: JsonObject,
): Answer {
  if (expected === 'running') {
    const sentence = `The process ${state.pid} has been running for ${ran}.`
    return passed({ reason: 'running', sentence, evidence })
  }
  const codes = expected.join(' or ')
  const sentence = `The process ${state.pid} is still running after ${ran}; exit ${codes} expected.`
  return notYet({ reason: 'still-running', sentence, evidence })
}

/**
 * The last line that says what went wrong: stack frames and excerpts are indented, and what a runtime
 * adds below them (its version, a closing brace) says nothing.
 */
function tellingLine(lines: readonly string[]): string | undefined {
  const isTelling = (line: string): boolean =>
    /^\S.*\p{L}/u.test(line) && !/^Node\.js v\d|^Emitted '\w+' event /.test(line)
  return lines.findLast(isTelling) ?? lines.findLast((line) => line.trim() !== '')
}

function printLine(line: string): string {
  return redactText(line.slice(0, LINE_LENGTH_MAX)).toWellFormed()
}
