/** The answers that were recorded of each condition, as evidence: pure. */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Recorded } from '../../server/wire.ts'

/** One recorded answer. */
export interface Attempt {
  readonly position: number
  readonly atMs: number
  readonly incarnation: number
  /** How many times it had been asked, this time included. */
  readonly attempt: number
  readonly answer: Answer
}

/** Every recorded answer about a stage, newest first, by the name of the condition. */
export function attemptsOf(
  entries: readonly Recorded[],
  stage: string,
): ReadonlyMap<string, readonly Attempt[]> {
  const found = new Map<string, Attempt[]>()
  for (const { entry, position } of entries) {
    if (entry.type !== 'condition.answered' || entry.stage !== stage) continue
    const { atMs, incarnation, attempt, answer } = entry
    const list = found.get(entry.condition) ?? []
    list.unshift({ position, atMs, incarnation, attempt, answer })
    found.set(entry.condition, list)
  }
  return found
}
