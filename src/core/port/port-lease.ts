/** The lease of a port: who may listen on it, by which rule, and how far its life has gone. */
import type { Digest } from '../units/digest.ts'
import type { FrontTls } from './front-tls.ts'
import type { Parting } from './parting.ts'
import type { PortClaim } from './port-claim.ts'

/**
 * Where a lease stands; `free` has no record.
 *
 * - `reserved`: nobody else gets it, but no socket proves that (another machine's address, or no
 *   way to hold here);
 * - `held`: a socket listens that nobody accepts on (UDP: is bound), so the kernel refuses everybody else;
 * - `assigned`: a process has been given it and does not listen yet;
 * - `ready`: the kernel says that this process listens; discovery tells of it;
 * - `active`: a data plane sends it traffic;
 * - `draining`: it gets nothing new, what is under way goes on; discovery is silent about it;
 * - `cooling`: nobody listens; given to nobody else until old connections and old knowledge are gone;
 * - `stolen`: a stranger listens; `orphaned`: its owner is dead, but something of it still listens;
 *   `quarantined`: what holds it cannot be told, so that nobody gets it.
 */
export type PortState =
  | 'reserved'
  | 'held'
  | 'assigned'
  | 'ready'
  | 'active'
  | 'draining'
  | 'cooling'
  | 'stolen'
  | 'orphaned'
  | 'quarantined'

/** For whom a port is. Two leases with equal owners are the same claim, made again. */
export interface PortOwner {
  /** For example `shop/api`. */
  readonly service: string
  /** Which of its ports: `http`. */
  readonly port: string
  /** Which of its instances; absent: it has one. */
  readonly instance?: string
  readonly environment?: string
  readonly tenant?: string
  /** A worktree, a CI job: whatever has a set of ports of its own. */
  readonly scope?: string
}

/** A process, and not the next one with its number. */
export interface ProcessIdentity {
  readonly pid: number
  /** Start time in clock ticks since boot, as text. @source proc(5), stat field 22 */
  readonly started: string
  /** @source /proc/sys/kernel/random/boot_id */
  readonly bootId: string
}

/** A container that a port is published for. */
export interface LeasedContainer {
  /** At the engine. */
  readonly name: string
  /** Where its program listens, in a network of its own; absent: in the machine's. */
  readonly port?: number
}

/** By what a lease was granted. */
export interface PortRule {
  /** The range's name. */
  readonly range: string
  /** The Ports contract and its digest; absent: the built-in range. */
  readonly contract?: string
  readonly digest?: Digest
}

/** Somebody who listens and should not. */
export interface PortThief {
  readonly pid?: number
  readonly command?: string
  readonly address: string
}

/** One lease. */
export interface PortLease {
  /** Unique for ever: `<port>-<token>`. */
  readonly id: string
  readonly claim: PortClaim
  readonly owner: PortOwner
  readonly state: PortState
  /** For records, of which of two leases is later: it grows with each here. Nobody checks it. */
  readonly token: number
  readonly rule: PortRule
  /** How it is given to the process: an inherited descriptor, or its number alone. */
  readonly giving: 'descriptor' | 'number'
  /** It is the front of its service's port, and carries that; absent: it is the port of a start. */
  readonly front?: 'http' | 'tcp'
  /** Where the TLS comes from that the front ends; absent: it speaks none. */
  readonly tls?: FrontTls
  /** One sentence: why its front lets nobody in, though its process is there; absent: it does. */
  readonly shut?: string
  /** The ramp that asked for it; absent: none did. */
  readonly ramp?: string
  readonly process?: ProcessIdentity
  /**
   * The container that it is published for, whose engine says when that ends. Its first process is
   * `process`, where this machine shows it. Absent: its process listens by itself.
   */
  readonly container?: LeasedContainer
  /** On which of the claim's addresses its process was last seen to listen; absent: on all of them. */
  readonly servedAt?: readonly string[]
  readonly thief?: PortThief
  /** When it was granted, and when its state last changed. @unit ms since 1970 */
  readonly grantedAtMs: number
  readonly changedAtMs: number
  /** One sentence: why it is in this state. */
  readonly because: string
  /** From when on it is free if nobody renews it (only before a process has it). @unit ms since 1970 */
  readonly expiresAtMs?: number
  /** Only while `cooling`. @unit ms since 1970 */
  readonly coolUntilMs?: number
  /** How it ends, from when it began to drain because others serve in its place. */
  readonly parting?: Parting
}

/** A lease that has ended. */
export interface PastLease {
  readonly lease: PortLease
  /** @unit ms since 1970 */
  readonly freedAtMs: number
  /** One sentence: why it ended. */
  readonly because: string
}
