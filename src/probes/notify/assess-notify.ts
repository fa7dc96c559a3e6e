/**
 * Judges what a component has said of itself by systemd's notification protocol. The first row that
 * fits counts.
 *
 * | said | answer |
 * |---|---|
 * | STOPPING=1: this process will not get ready any more | failed, terminal: stopping |
 * | WATCHDOG=trigger: it asks to be taken for hung | failed, terminal: watchdog-triggered |
 * | RELOADING=1, and no READY=1 since | failed, notYet: reloading |
 * | no READY=1, `startWithin` is over, and no longer time was asked for | failed, terminal: too-late |
 * | nothing at all | failed, notYet: silent |
 * | no READY=1 | failed, notYet: not-ready |
 * | READY=1, but no WATCHDOG=1 for longer than `watchdog` | failed, notYet: watchdog-late |
 * | READY=1, but a STATUS that does not match | failed, notYet: wrong-status |
 * | READY=1 | passed: ready |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { type Findings, notYet, passed, terminal } from '../answer/answer.ts'
import { hasMatch } from '../pattern/pattern.ts'
import { redactText } from '../redaction/redact.ts'
import type { NotifyInput } from './notify-input.ts'
import type { NotifyWords } from './notify-words.ts'

/** What is known when it is judged. */
export interface NotifyFacts {
  readonly words: NotifyWords
  readonly startedAtMs: number
  readonly nowMs: number
}

const STATUS_LENGTH_MAX = 200

/** Judges what was said. */
export function assessNotify(input: NotifyInput, facts: NotifyFacts): Answer {
  const { words, nowMs, startedAtMs } = facts
  const status = shown(words.status ?? '')
  const evidence = collectEvidence(facts, status)
  const after = describeDuration(Math.max(0, nowMs - startedAtMs))
  const saying = status === '' ? '' : ` It says: ${status}`
  const findings = (reason: string, says: string): Findings => ({
    reason,
    sentence: `The process ${says}.${saying}`,
    evidence,
  })
  if (words.stopping) return terminal(findings('stopping', 'says that it is stopping'))
  if (words.watchdogTriggered) {
    return terminal(findings('watchdog-triggered', 'asks to be taken for hung'))
  }
  if (words.reloading) return notYet(findings('reloading', 'says that it is reloading'))
  if (!words.ready) {
    const untilMs = deadlineOf(input, facts)
    if (untilMs !== undefined && nowMs > untilMs) {
      return terminal(findings('too-late', `has not said READY=1 within ${after}`))
    }
    return words.messages === 0
      ? notYet(findings('silent', `has said nothing within ${after}`))
      : notYet(findings('not-ready', `has not said READY=1 within ${after}`))
  }
  return assessReady(input, facts, findings)
}

function assessReady(
  input: NotifyInput,
  { words, nowMs, startedAtMs }: NotifyFacts,
  findings: (reason: string, says: string) => Findings,
): Answer {
  const { watchdogMs, status: pattern } = input
  const quietMs = nowMs - lastSignMs(words)
  if (watchdogMs !== undefined && quietMs > watchdogMs) {
    const quiet = describeDuration(quietMs)
    const says = `has not said WATCHDOG=1 for ${quiet}; every ${describeDuration(watchdogMs)} expected`
    return notYet(findings('watchdog-late', says))
  }
  if (pattern !== undefined && !hasMatch(pattern, words.status ?? '')) {
    return notYet(findings('wrong-status', `has another status than /${pattern}/`))
  }
  const after = describeDuration(Math.max(0, (words.readyAtMs ?? nowMs) - startedAtMs))
  return passed(findings('ready', `said READY=1 after ${after}`))
}

/** When it must have said that it is ready: at the later of what was agreed and what it asked for. */
function deadlineOf(input: NotifyInput, facts: NotifyFacts): number | undefined {
  if (input.startWithinMs === undefined) return undefined
  return Math.max(facts.startedAtMs + input.startWithinMs, facts.words.extendedUntilMs ?? 0)
}

/** What was said while nobody listened is lost, so nobody is late before somebody listens. */
function lastSignMs(words: NotifyWords): number {
  return Math.max(words.watchdogAtMs ?? 0, words.readyAtMs ?? 0, words.listeningSinceMs)
}

function collectEvidence({ words, startedAtMs }: NotifyFacts, status: string): JsonObject {
  const { messages, readyAtMs, errno, mainPid, watchdogAtMs, extendedUntilMs } = words
  const since = (name: string, atMs: number | undefined): JsonObject =>
    atMs === undefined ? {} : { [name]: Math.max(0, atMs - startedAtMs) }
  return {
    messages,
    ...(status === '' ? {} : { status }),
    ...since('readyAfterMs', readyAtMs),
    ...since('watchdogAfterMs', watchdogAtMs),
    ...since('extendedToMs', extendedUntilMs),
    ...(errno === undefined ? {} : { errno }),
    ...(mainPid === undefined ? {} : { mainPid }),
  }
}

function shown(status: string): string {
  return redactText(status.slice(0, STATUS_LENGTH_MAX)).toWellFormed()
}
