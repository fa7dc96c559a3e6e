/** What is asked for when a port is wanted, and the answer when there is none. */
import type { PortProtocol } from './port-claim.ts'
import type { PortLease, PortOwner } from './port-lease.ts'

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
  /**
   * Whether a socket holds it until a process has it. What is started in this very moment does
   * without: nobody else is given the port, and that it is free was seen.
   *
   * @default true
   */
  readonly isHeld?: boolean
  /** It is the front of the service's port, and carries that. @default it is the port of a start */
  readonly front?: PortLease['front']
  /** The TLS that the front ends. @default none */
  readonly tls?: NonNullable<PortLease['tls']>
  /** The ramp that asks for it. */
  readonly ramp?: string
  /**
   * What whoever asks is called: their own name, those of their groups and roles. `contract`: a contract
   * asks for what it fixes itself. Ranges may be for some alone. @default nobody
   */
  readonly by?: readonly string[] | 'contract'
  /** Whether it lasts until it is given back, also when no process ever has it. @default false */
  readonly isLasting?: boolean
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

/** How long a lease lasts that nobody takes, when its wish does not say. @unit ms */
export const TTL_MS = 60_000
