/** Inputs: all that a ramp can be told. */
import type { CommandAnswer, Word } from '../entry/entry.ts'
import type { Answer } from '../plan/verdict.ts'
import type { Digest } from '../units/digest.ts'

/** What the core can hear. */
export type Input =
  | { readonly type: 'tick' }
  | {
      readonly type: 'answer'
      readonly stage: string
      readonly condition: string
      readonly incarnation: number
      readonly answer: Answer
      readonly attempt: number
      /** Record it even when it tells nothing new: a deadline is about to quote it. Never a pass. */
      readonly isLast?: boolean
    }
  | { readonly type: 'command'; readonly command: string; readonly answer: CommandAnswer }
  | { readonly type: 'word'; readonly by: string; readonly word: Word }
  | {
      readonly type: 'news'
      readonly subject: string
      readonly is: string
      readonly digest: Digest
    }
