/** Amendments that wait for the word of owners, as they travel. */
import type { OwnersWord, WithdrawnReason } from '../../core/entry/contract-entry.ts'
import type { Digest } from '../../core/units/digest.ts'
import type { RevisionChange } from './contracts.ts'

/** An owner whose word a proposal takes. */
export interface AskedOwner {
  readonly owner: string
  /** What of theirs it touches. */
  readonly places: readonly string[]
  /** Who has said yes in their name; absent: nobody has. */
  readonly by?: string
}

/** How a proposal stands: `open`, or how it ended. */
export type ProposalStatus = 'open' | 'amended' | WithdrawnReason

/** A revision that takes the word of others than its proposer. */
export interface ProposalView {
  readonly kind: string
  readonly name: string
  /** What is answered: this proposal, and nothing else. */
  readonly proposal: Digest
  /** For `If-Match`: how it stands, and how many have said yes. */
  readonly etag: string
  /** Of the revision that is wanted. */
  readonly digest: Digest
  /** The revision that it was made upon. */
  readonly replaces: Digest
  /** Who proposed it, and so may not approve it. */
  readonly by: string
  readonly why?: string
  readonly atMs: number
  readonly expiresAtMs: number
  readonly owners: readonly AskedOwner[]
  readonly words: readonly OwnersWord[]
  readonly status: ProposalStatus
  /** How it ended, in a sentence. */
  readonly sentence?: string
  /** Whether whoever asks may approve it; and if not, why not. */
  readonly mayApprove: boolean
  readonly whyNot?: string
}

/** A proposal, and what it would change. */
export interface ProposalDetail extends ProposalView {
  readonly changes: readonly RevisionChange[]
  readonly consequences: readonly string[]
}

/** Some of them, that which waits longest first; of one contract: the newest first. */
export interface ProposalPage {
  readonly proposals: readonly ProposalView[]
  readonly next?: string
}

/** Somebody's answer. */
export interface AnswerProposal {
  readonly say: 'approve' | 'reject'
  readonly why?: string
  /** Who answers; counts only over the Unix socket. */
  readonly by?: string
  /** The owners in whose name; counts only over the Unix socket. */
  readonly as?: readonly string[]
}

/** What became of an answer. A refusal is an answer, not a failure. */
export interface AnsweredProposal {
  /** Why it had no effect; absent: it had one. */
  readonly refusal?: { readonly reason: string; readonly sentence: string }
  /** As it stands now. */
  readonly proposal: ProposalView
}
