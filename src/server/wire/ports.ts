/** What is said over HTTP about ports. */
import type { PortLease, ProcessIdentity } from '../../core/port/port-lease.ts'
import type { ListedRange } from '../../core/port/range-list.ts'
import type { PortGrant, PortStory, PortWish } from '../../seams/port-broker.ts'

export type { ListedRange, PortGrant, PortLease, PortStory, PortWish, ProcessIdentity }

/** Every lease that whoever asks may see, and the ranges that they come from. */
export interface LeaseList {
  /** Grows with every change of any lease. */
  readonly index: number
  readonly leases: readonly PortLease[]
  /** Of the Ports contracts that they may see, and the built-in one. Absent: an older agent answered. */
  readonly ranges?: readonly ListedRange[]
}

/** Ports that are wanted: all of them, or none is given. */
export interface ClaimRequest {
  /** @minimum items 1 @maximum items 64 */
  readonly wishes: readonly PortWish[]
}

/** Who is to listen on a leased port now. */
export interface AssignRequest {
  readonly process: ProcessIdentity
}
