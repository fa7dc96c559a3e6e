/** What one attempt saw of a job queue and of its canary, as far as it got. */
import type { FailedAddress } from '../connection/connection-failure.ts'
import type { AddressFamily } from '../connection/open-connection.ts'

/** Where a canary stands. */
export type CanaryState =
  /** Nobody has taken it yet. */
  | 'waiting'
  /** A worker has taken it, and is not done with it. */
  | 'taken'
  | 'done'
  /** A worker has given up on it. */
  | 'failed'
  /** The queue did not take it, or somebody else has removed it. */
  | 'removed'

/** A canary as one look found it. */
export interface CanaryLook {
  readonly state: CanaryState
  /** How long it took from being sent, or from being found, until it was done. @unit ms */
  readonly processedMs?: number
  /** Who has taken it, in the words of the job system. */
  readonly takenBy?: string
  /** Why a worker has given up on it. */
  readonly message?: string
  /** What the worker answered; absent when it answered nothing of the kind. */
  readonly answer?: CanaryAnswer
}

/** What a worker answered. */
export interface CanaryAnswer {
  /** Whether it gave back the token that the canary carried. */
  readonly hasToken: boolean
  readonly version?: string
}

/** A canary, followed until it was done or time was up. */
export interface CanaryFacts extends CanaryLook {
  /** Whether an earlier asking had left it there. */
  readonly isContinued: boolean
  /** How long it was waited for. @unit ms */
  readonly waitedMs: number
  /** Whether the attempt ended before the contract's time was over. */
  readonly isCutShort: boolean
  /** How many jobs were to be taken before it, at first and at last. */
  readonly aheadAtFirst: number
  readonly ahead: number
}

/** What is in a queue. */
export interface QueueCounts {
  /** Jobs that are due and that nobody has taken, without the canary; at most {@link COUNT_MAX}. */
  readonly waiting: number
  /** Jobs that a worker has taken, without the canary; at most {@link COUNT_MAX}. */
  readonly active: number
  /** How long the first of those that wait has been due. */
  readonly oldestWaitingMs?: number
  /** Whether the queue itself is paused; absent where the job system knows no such thing. */
  readonly isPaused?: boolean
}

/** Further than this jobs are not counted. */
export const COUNT_MAX = 10_000

/** Why it went no further. */
export interface QueueFailure {
  /** An SQLSTATE, Redis's first word, or the code of the operating system or of TLS. */
  readonly code: string
  readonly message: string
}

/** What could be found out by asking. */
export interface CollectedFacts {
  /** Version of the job system's tables. */
  readonly schemaVersion?: number
  /** Set when these tables are of a version that has not been tried. */
  readonly untried?: 'older' | 'newer'
  /** A queue that the job system does not know. */
  readonly missingQueue?: string
  /** What is in the queue, at last. */
  readonly counts?: QueueCounts
  /** How many workers are connected; absent when that cannot be told. */
  readonly workers?: number
  readonly canary?: CanaryFacts
}

/** Everything that one attempt saw. */
export interface QueueFacts extends CollectedFacts {
  readonly latencyMs: number
  readonly failed: readonly FailedAddress[]
  readonly connected?: { readonly address: string; readonly family: AddressFamily }
  readonly failure?: QueueFailure
}
