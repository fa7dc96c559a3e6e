/** The hand that decides: what every rule is given, so that rules need not know each other. */
import type { DecidedEntry } from '../entry/entry.ts'
import type { Draft } from './draft.ts'

/** Records a decision in the draft and the batch alike. */
export interface Decider {
  readonly draft: Draft
  readonly nowMs: number
  decide(entry: DecidedEntry): void
}
