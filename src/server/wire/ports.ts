/** What is said over HTTP about ports. */
import type { CarriedFront } from '../../core/port/carried-front.ts'
import type { PortLease, ProcessIdentity } from '../../core/port/port-lease.ts'
import type { ListedRange } from '../../core/port/range-list.ts'
import type { PortGrant, PortStory, PortWish } from '../../seams/port-broker.ts'

export type {
  CarriedFront,
  ListedRange,
  PortGrant,
  PortLease,
  PortStory,
  PortWish,
  ProcessIdentity,
}

/** Every lease that whoever asks may see, and the ranges that they come from. */
export interface LeaseList {
  /** Grows with every change of any lease. */
  readonly index: number
  readonly leases: readonly PortLease[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
  /** Of the Ports contracts that they may see, and the built-in one. Absent: an older agent answered. */
  readonly ranges?: readonly ListedRange[]
  /** Fronts that proxies carry, of services that they may see. Absent: an older agent answered. */
  readonly carried?: readonly CarriedFront[]
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
