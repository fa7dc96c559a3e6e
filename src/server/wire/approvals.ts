/** Approvals that ramps wait for, as they travel. */
import type { ContractReference } from '../../core/plan/plan.ts'
import type { Digest } from '../../core/units/digest.ts'

/** Somebody's word. */
export interface ApprovalWord {
  readonly by: string
  readonly approves: boolean
  readonly atMs: number
}

/** A question that only people can answer. */
export interface ApprovalView {
  readonly ramp: string
  /** Of the ramp, for `If-Match` with the word to it. */
  readonly etag: string
  readonly contract: ContractReference
  readonly goal: string
  readonly stage: string
  readonly condition: string
  /** What is approved: the ramp's plan. */
  readonly digest: Digest
  /** Who proposed it, and so may not approve it. */
  readonly proposedBy: string
  /** Roles or names, one of which must approve. */
  readonly from: readonly string[]
  /** How many must. */
  readonly count: number
  readonly words: readonly ApprovalWord[]
  readonly askedAtMs: number
  readonly expiresAtMs?: number
  /** Which of `from` whoever asks speaks as; absent: none of it. */
  readonly as?: string
  /** Whether whoever asks may approve it; and if not, why not. */
  readonly mayApprove: boolean
  readonly whyNot?: string
}

/** Some of them, that which waits longest first. */
export interface ApprovalPage {
  readonly approvals: readonly ApprovalView[]
  /** To be handed in for the next page; absent: there is none. */
  readonly next?: string
}
