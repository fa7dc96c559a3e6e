/** What working with an expression gives: a value, or the problem why there is none. */

/** Something wrong in an expression. */
export interface Problem {
  /** `malformed`: cannot be read; `refused`: over a limit; `failed`: went wrong on these values. */
  readonly reason: 'malformed' | 'refused' | 'failed'
  /** What is wrong, in a sentence without a capital and without a full stop. */
  readonly sentence: string
  /** Where in the text, in UTF-16 code units from 0. */
  readonly offset?: number
  /** What was probably meant. */
  readonly nearest?: string
}

/** A value, or why there is none. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem }
