/**
 * Hearing: whether an input is worth an entry. Answers about what is over are dropped, and so are
 * answers that repeat what is known, so that polling every few milliseconds does not fill the ledger.
 */

import type { HeardEntry } from '../entry/entry.ts'
import { present, unreachable } from '../fault/assert.ts'
import type { Input } from './input.ts'
import { type OpenQuestion, questionAt } from './open-questions.ts'
import type { ConditionState, RampState } from './state.ts'

/** The shortest time after which a repeated answer is recorded again. @unit ms */
const REPEAT_FIRST_MS = 1_000

/** The entry for an input; undefined when it is not worth one. */
export function hear(state: RampState, input: Input, nowMs: number): HeardEntry | undefined {
  if (state.ended !== undefined) return undefined
  switch (input.type) {
    case 'tick':
      return { type: 'clock.ticked' }
    case 'answer':
      return hearAnswer(state, input, nowMs)
    case 'command': {
      const isAwaited = state.stages.some((stage) => stage.inFlight?.id === input.command)
      const { command, answer } = input
      return isAwaited ? { type: 'command.answered', command, answer } : undefined
    }
    case 'word':
      return { type: 'word.spoken', by: input.by, word: input.word }
    case 'news': {
      const { subject, is, digest } = input
      const known = state.news[subject]
      const isNew = known?.is !== is || known.digest !== digest
      return isNew ? { type: 'news.heard', subject, is, digest } : undefined
    }
    default:
      return unreachable(input)
  }
}

function hearAnswer(
  state: RampState,
  input: Extract<Input, { type: 'answer' }>,
  nowMs: number,
): HeardEntry | undefined {
  const { stage, condition, incarnation, answer, attempt } = input
  const open = questionAt(state, stage, condition)
  if (open === undefined || open.incarnation !== incarnation) return undefined
  // One answer counts once: not again when a deadline quotes it, or when its write seemed lost.
  if (attempt <= open.now.attempts) return undefined
  const isQuoted = input.isLast === true && answer.verdict !== 'passed'
  const isWorth =
    isQuoted ||
    tellsSomething(open.now, answer.verdict, answer.reason, answer.outlook) ||
    movesOn(open, answer.verdict, nowMs) ||
    isDueAgain(open.now, nowMs)
  if (!isWorth) return undefined
  return { type: 'condition.answered', stage, condition, incarnation, answer, attempt }
}

/** Whether an answer differs in kind from the last one recorded. */
function tellsSomething(
  now: ConditionState,
  verdict: string,
  reason: string,
  outlook: string,
): boolean {
  const last = now.lastAnswer
  if (last === undefined) return true
  const isTerminalNews = verdict !== 'passed' && last.outlook !== outlook
  return last.verdict !== verdict || last.reason !== reason || isTerminalNews
}

/** Whether one more answer of the same kind makes the condition met, or broken. */
function movesOn(open: OpenQuestion, verdict: string, nowMs: number): boolean {
  const { now, condition, role } = open
  if (verdict === 'passed') {
    // A guard is never met, it only fails.
    if (now.metAtMs !== undefined || role === 'guard') return false
    return (
      now.passes < condition.consecutive ||
      nowMs - (now.passingSinceMs ?? nowMs) >= condition.holdMs
    )
  }
  if (verdict !== 'failed' || now.breached) return false
  return now.failures <= condition.tolerance.failures
}

/** Whether the last record is so old, for how long the question is asked, that a fresh one is due. */
function isDueAgain(now: ConditionState, nowMs: number): boolean {
  const recordedMs = present(now.lastAnsweredAtMs ?? now.askedSinceMs, 'an open question is asked')
  const askedForMs = recordedMs - (now.askedSinceMs ?? recordedMs)
  return nowMs - recordedMs >= Math.max(REPEAT_FIRST_MS, askedForMs / 4)
}
