/** The seam to ports: leases that are granted, held as sockets, given to processes and taken back. */
import type { CarriedFront } from '../core/port/carried-front.ts'
import type { EnforcedPorts, PortRules } from '../core/port/enforced-ports.ts'
import type { Parting } from '../core/port/parting.ts'
import type { PortClaim } from '../core/port/port-claim.ts'
import type {
  LeasedContainer,
  PastLease,
  PortLease,
  PortState,
  ProcessIdentity,
} from '../core/port/port-lease.ts'
import type { PortRefusal, PortWish } from '../core/port/port-wish.ts'

export type { PastLease, PortRefusal, PortWish }

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

/** All that can be told of one port number: what `rampart ports explain PORT` prints. */
export interface PortStory {
  readonly port: number
  /** Leases that are not free, of either protocol. */
  readonly leases: readonly PortLease[]
  /** Who had it before, the latest first; bounded. */
  readonly past: readonly PastLease[]
  /** Who listens now, by the kernel's word. */
  readonly sightings: readonly PortSighting[]
  /** For people: who has it, since when, by which rule, who had it before, what a stranger is. */
  readonly sentences: readonly string[]
}

/** A container that a port is published for, as it is now. */
export interface PublishedContainer extends LeasedContainer {
  /** Its first process; absent where this machine does not show it. */
  readonly process?: ProcessIdentity
}

/** What is remembered of fronts that proxies carry. Each change is recorded when it resolves. */
export interface CarriedPorts {
  all(): readonly CarriedFront[]
  /** Quiet when it is known so already. */
  open(front: CarriedFront): Promise<void>
  /** Quiet when there is none. */
  close(service: string, port: string): Promise<void>
}

/**
 * Looks at a lease in the very step in which it is changed, and throws when it is not to be. Undefined:
 * it is gone.
 */
export type LeaseGuard = (lease: PortLease | undefined) => void

/** Grants, holds and takes back ports of this machine. */
export interface PortBroker {
  /**
   * Leases for all wishes or for none; recorded, and held wherever a socket can hold, before it
   * resolves. The same wish again gives the same lease.
   */
  claim(wishes: readonly PortWish[]): Promise<PortGrant>
  /**
   * Lets go of the holds of leases that are given by number, just before their process is started:
   * from now on the kernel decides who listens; nobody else is granted them. `assign` follows, or
   * `release`.
   *
   * @throws lease-unknown
   */
  letGo(leaseIds: readonly string[]): Promise<void>
  /**
   * Holds again what was let go of for a process that did not come to be. Of one that cannot be held it
   * is recorded why. Quiet about those that somebody has by now.
   */
  holdAgain(leaseIds: readonly string[]): Promise<void>
  /**
   * The process that is to listen now has it. With `number` the hold is let go of in this instant, and
   * whoever listens from now on is looked at: the lease becomes `ready`, or `stolen`.
   */
  assign(leaseId: string, process: ProcessIdentity, guard?: LeaseGuard): Promise<PortLease>
  /**
   * A container has it now: its engine publishes the port for it, until `release`. It is `ready` while
   * its program listens in there; where that cannot be seen, while the engine listens in its place. That
   * nobody listens is no end: rules of the kernel may lead there as well. Idempotent.
   *
   * @throws lease-unknown, lease-state
   */
  publish(leaseId: string, container: PublishedContainer): Promise<PortLease>
  /** Moves a lease on; a move that the machine of states does not have is a fault. */
  move(leaseId: string, to: PortState, because: string): Promise<PortLease>
  /**
   * Others serve in its place: it drains from now on, and cools once it is gone as is said here. Says it
   * anew of one that drains already.
   *
   * @throws lease-unknown, lease-state
   */
  part(leaseId: string, because: string, parting: Parting): Promise<void>
  /**
   * Why a front lets nobody in, though its process, which has its port by now, is there; undefined: it
   * does. Quiet when that is known.
   *
   * @throws lease-unknown
   */
  shut(leaseId: string, why: string | undefined): Promise<void>
  /** Cools, then frees. Quiet when it is gone. */
  release(leaseId: string, because: string, guard?: LeaseGuard): Promise<void>
  /**
   * Looks now who listens there and whether their owners live, and records what came of it: one whose
   * owner is proved dead (that very process is gone, and nothing of it listens) is `cooling` from now on.
   *
   * @returns those that are not free, as they are then
   */
  lookNow(leaseIds: readonly string[]): Promise<readonly PortLease[]>
  /** Every lease that is not free. */
  leases(): readonly PortLease[]
  /** Everything about one port number, whether Rampart has to do with it or not. */
  story(port: number): Promise<PortStory>
  /** From now on a contract's rules count, in the place of what it said before. Resolves when recorded. */
  enforce(rules: PortRules): Promise<void>
  /** Nothing of what a contract said before counts any more. Quiet when nothing does already. */
  retire(contract: string, because: string): Promise<void>
  /** From now on a contract says nothing. Quiet when it says nothing already. */
  withdraw(contract: string, because: string): Promise<void>
  /** What contracts have in force. */
  readonly enforced: Pick<EnforcedPorts, 'all' | 'of' | 'earlierOf' | 'whyOutdated'>
  /** The fronts that proxies carry which Rampart does not run. */
  readonly carried: CarriedPorts
  /** Counts every change of any lease. */
  readonly index: number
  /** @returns stops telling; idempotent */
  onChanged(listener: () => void): () => void
}

/** A process that is to inherit the sockets of leases that are given by `descriptor`. */
export interface HeirRequest {
  /** Their ids. The sockets come from descriptor 3 on, in this order, those of one in that of its addresses. */
  readonly leases: readonly string[]
  /** The program as an absolute path, then its arguments; see `withListenPid` of core/port. */
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Files that its output is appended to; absent: nowhere. */
  readonly out?: string
  readonly err?: string
}

/** A process that inherited. */
export interface Heir {
  /** The leader of a session of its own. */
  readonly pid: number
  /** Undefined when whoever started it is gone: then nobody sees the end but who looks for it. */
  readonly ended: Promise<
    { readonly code: number | null; readonly signal: string | null } | undefined
  >
}

/** Starts processes that inherit held sockets: LISTEN_FDS and LISTEN_FDNAMES (the ports' names) are set. */
export interface PortSpawner {
  /** `assign` follows. @throws lease-unknown, ports-unavailable with the system's own error */
  spawn(request: HeirRequest): Promise<Heir>
}
