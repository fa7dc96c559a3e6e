/** Verdicts: what a question was answered with. Evidence is numbers and facts, not adjectives. */
import type { JsonObject } from '../units/json.ts'

/**
 * - `passed`: the answer is good.
 * - `failed`: the answer is bad.
 * - `inconclusive`: not enough to tell; never counts as a pass.
 * - `errored`: the question could not be asked.
 */
export type Verdict = 'passed' | 'failed' | 'inconclusive' | 'errored'

/** One answer to a condition's question. */
export interface Answer {
  readonly verdict: Verdict
  /**
   * `notYet`: asking again may give a better answer. `terminal`: it will not (wrong password,
   * missing database, process gone), so the stage fails at once. Meaningless when passed.
   */
  readonly outlook: 'notYet' | 'terminal'
  /** One kebab-case word for grouping, for example `refused`, `wrong-status`. */
  readonly reason: string
  /** A sentence with the numbers: `GET /ready answered 503 after 3 ms; 200 expected`. */
  readonly sentence: string
  /** What was seen, redacted. */
  readonly evidence: JsonObject
}
