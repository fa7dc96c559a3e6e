/** Applying a probe's answer: passes and failures in a row, and since when. */
import type { Entry } from '../entry/entry.ts'
import type { Answer } from '../plan/verdict.ts'
import { type Draft, patchCondition, viewOf } from './draft.ts'
import type { ConditionState } from './state.ts'

/** Folds one answer into the state of its condition. */
export function applyAnswer(
  draft: Draft,
  entry: Extract<Entry, { type: 'condition.answered' }>,
): void {
  const { now } = viewOf(draft, entry.stage)
  // While a stage is not settled, a failing answer also takes back that the condition was met, but
  // for one that was met and watched: that is a breach, which is decided, not folded.
  const mayUnmeet = now.phase === 'gated'
  patchCondition(draft, entry, (before) => ({
    ...afterAnswer(before, entry.answer, entry.atMs),
    attempts: entry.attempt,
    ...(mayUnmeet && entry.answer.verdict !== 'passed' ? { metAtMs: undefined } : {}),
  }))
}

/** What one more answer makes of a condition. */
function afterAnswer(before: ConditionState, answer: Answer, atMs: number): ConditionState {
  const heard = { ...before, lastAnswer: answer, lastAnsweredAtMs: atMs }
  switch (answer.verdict) {
    case 'passed':
      return {
        ...heard,
        passes: before.passes + 1,
        passingSinceMs: before.passingSinceMs ?? atMs,
        failures: 0,
        failingSinceMs: undefined,
        breached: false,
      }
    case 'failed':
      return {
        ...heard,
        passes: 0,
        passingSinceMs: undefined,
        failures: before.failures + 1,
        failingSinceMs: before.failingSinceMs ?? atMs,
      }
    default:
      // Nobody knows: it does not go on passing, and it is not a failure either.
      return { ...heard, passes: 0, passingSinceMs: undefined }
  }
}
