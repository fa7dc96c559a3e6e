/** The words of the ledger about ports. The stream is `ports:<host>`; none of them holds a secret. */
import type { CarriedFront } from './carried-front.ts'
import type { PortRules } from './enforced-ports.ts'
import type { Parting } from './parting.ts'
import type {
  LeasedContainer,
  PortLease,
  PortState,
  PortThief,
  ProcessIdentity,
} from './port-lease.ts'

/** A port was leased. */
export interface PortGranted {
  readonly type: 'port.granted'
  readonly lease: PortLease
}

/** A lease went on, or learned something while it stayed where it is. */
export interface PortMoved {
  readonly type: 'port.moved'
  /** The lease's id. */
  readonly lease: string
  readonly to: PortState
  readonly because: string
  /** Who has it from now on; absent: who had it. */
  readonly process?: ProcessIdentity
  /** The container that it is published for from now on; absent, with a process: none; else as it was. */
  readonly container?: LeasedContainer
  /** On which of the claim's addresses its process listens; absent: as it was. */
  readonly servedAt?: readonly string[]
  /** How it is given from now on, while nobody has it; absent: as it was. */
  readonly giving?: PortLease['giving']
  /** What was held for a service's port is its front from now on, opened by this ramp, or has other TLS. */
  readonly front?: {
    readonly as: NonNullable<PortLease['front']>
    readonly ramp?: string
    readonly tls?: NonNullable<PortLease['tls']>
  }
  /** Only with `stolen` and `orphaned`; otherwise there is none any more. */
  readonly thief?: PortThief
  /** Absent: it does not expire by itself. @unit ms since 1970 */
  readonly expiresAtMs?: number
  /** Only with `cooling`. @unit ms since 1970 */
  readonly coolUntilMs?: number
  /** Only of a front: why it lets nobody in; null: it does again; absent: as it was. */
  readonly shut?: string | null
  /** Only with `draining`: how it ends. */
  readonly parting?: Parting
}

/** A lease ended; the port is free. */
export interface PortFreed {
  readonly type: 'port.freed'
  /** The lease's id. */
  readonly lease: string
  readonly because: string
}

/** A Ports contract is in force, in the place of what it said before. */
export interface PortsEnforced {
  readonly type: 'ports.enforced'
  readonly rules: PortRules
}

/** A Ports contract says nothing any more; what was granted by it stays granted until it ends. */
export interface PortsWithdrawn {
  readonly type: 'ports.withdrawn'
  readonly contract: string
  readonly because: string
}

/** Everything that a Ports contract said before is over; nobody has a port by it any more. */
export interface PortsRetired {
  readonly type: 'ports.retired'
  readonly contract: string
  readonly because: string
}

/** A proxy carries a front from now on, in the place of what was known of it. */
export interface FrontOpened {
  readonly type: 'front.opened'
  readonly front: CarriedFront
}

/** There is no such front any more. */
export interface FrontClosed {
  readonly type: 'front.closed'
  readonly service: string
  readonly port: string
}

/** What a stream of ports consists of. */
export type PortEntry =
  | PortGranted
  | PortMoved
  | PortFreed
  | PortsEnforced
  | PortsRetired
  | PortsWithdrawn
  | FrontOpened
  | FrontClosed

/** Their types. */
export const PORT_ENTRY_TYPES: readonly PortEntry['type'][] = [
  'port.granted',
  'port.moved',
  'port.freed',
  'ports.enforced',
  'ports.retired',
  'ports.withdrawn',
  'front.opened',
  'front.closed',
]

/** Whether an entry is about ports. */
export function isPortEntry<Other extends { readonly type: string }>(
  entry: Other | PortEntry,
): entry is PortEntry {
  return PORT_ENTRY_TYPES.some((type) => type === entry.type)
}
