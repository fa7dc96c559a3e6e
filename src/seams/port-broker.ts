/** The seam to ports: leases that are granted, held as sockets, given to processes and taken back. */
import type { PortClaim, PortProtocol } from '../core/port/port-claim.ts'
import type { PortLease, PortOwner, PortState, ProcessIdentity } from '../core/port/port-lease.ts'

/** One port that is wanted. */
export interface PortWish {
  readonly owner: PortOwner
  /** @default tcp */
  readonly protocol?: PortProtocol
  /** @default what the range says, else both loopback addresses */
  readonly addresses?: readonly string[]
  /** Exactly this one or none; absent: any that the rules allow, the one it had before if possible. */
  readonly port?: number
  /** @default number */
  readonly giving?: PortLease['giving']
  /** How long it lasts while no process has it. @unit ms @default 60 s */
  readonly ttlMs?: number
}

/** Why there is no lease. */
export interface PortRefusal {
  readonly verdict: 'refused'
  /** One kebab-case word: `range-full`, `quota`, `not-allowed`, `taken`, `cooling`, … */
  readonly reason: string
  /** Names who has it, since when and by which rule. */
  readonly sentence: string
  readonly retryable: boolean
}

/** Leases for every wish, or none. */
export type PortGrant =
  | { readonly verdict: 'granted'; readonly leases: readonly PortLease[] }
  | PortRefusal

/** What the kernel says of a port, beside what the record says. */
export interface PortSighting {
  readonly claim: PortClaim
  readonly process?: ProcessIdentity
  readonly command?: string
}

/** Grants, holds and takes back ports of this machine. */
export interface PortBroker {
  /**
   * Leases for all wishes or for none; recorded, and held wherever a socket can hold, before it
   * resolves. The same wish again gives the same lease.
   */
  claim(wishes: readonly PortWish[]): Promise<PortGrant>
  /**
   * The process that is to listen now has it. With `number` the hold is let go of in this instant, and
   * whoever listens from now on is looked at: the lease becomes `ready`, or `stolen`.
   */
  assign(leaseId: string, process: ProcessIdentity): Promise<PortLease>
  /** Moves a lease on; a move that the machine of states does not have is a fault. */
  move(leaseId: string, to: PortState, because: string): Promise<PortLease>
  /** Cools, then frees. Quiet when it is gone. */
  release(leaseId: string, because: string): Promise<void>
  /** Every lease that is not free. */
  leases(): readonly PortLease[]
  /** Counts every change of any lease. */
  readonly index: number
  /** @returns stops telling; idempotent */
  onChanged(listener: () => void): () => void
}
