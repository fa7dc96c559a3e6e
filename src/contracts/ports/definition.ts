/** A Ports contract, understood: every default filled in, every duration in milliseconds. */
import type { ClientIdentity, ConnectPolicy, ConnectRule } from '../../core/port/connect-policy.ts'
import type { PortSystem } from '../../core/port/machine-facts.ts'
import type { PortAlias } from '../../core/port/port-alias.ts'
import { EVERY_ADDRESS, LOOPBACK } from '../../core/port/port-claim.ts'
import type { PortPolicy, PortRange } from '../../core/port/port-policy.ts'
import type { Digest } from '../../core/units/digest.ts'
import type { Contract } from '../contract.ts'
import type { WrittenPorts } from './written.ts'
import type { WrittenClient } from './written-connect.ts'
import type { WrittenRange } from './written-range.ts'
import {
  TRANSITION_EVENTS,
  type TransitionEvent,
  type WrittenTransition,
} from './written-transition.ts'

/** A Ports contract. */
export type PortsContract = Contract<'Ports', PortsDefinition>

/** What a Ports contract is made of. */
export interface PortsDefinition {
  readonly description?: string
  /** The systems it is for. @default all */
  readonly systems: readonly PortSystem[]
  /** By name; none: where stages of no region are done. */
  readonly regions: readonly string[]
  /** By their first port. */
  readonly ranges: readonly DefinedRange[]
  readonly clients: readonly ClientIdentity[]
  readonly connect: readonly ConnectRule[]
  readonly names: readonly PortAlias[]
  /** One for every event, in the order in which they are told. */
  readonly transitions: readonly Transition[]
}

/** A range with what only its contract wants to know. */
export interface DefinedRange extends PortRange {
  /** Whether browsers connect to it. @default false */
  readonly isHttp: boolean
  readonly description?: string
}

/** How a port goes from one owner to the next when this happens. */
export interface Transition {
  readonly event: TransitionEvent
  /** @unit ms @default 30000, and 0 for a failover: nothing of the dead is under way */
  readonly drainMs: number
  /** @unit ms @default 5000, and 0 for a failover */
  readonly lingerMs: number
  /** Absent: the range's. @unit ms */
  readonly coolingMs?: number
  /** One that is not written counts for failovers and amendments alone. @unit ms @default 120000 */
  readonly deadlineMs: number
  /** The words of it that are written; the others are usual. */
  readonly says: readonly string[]
}

/** @unit ms */
const COOLING_MS = 60_000
const DRAIN_MS = 30_000
const LINGER_MS = 5_000

/** How long clients wait, and an amendment does, when nothing else is said. @unit ms */
const TRANSITION_DEADLINE_MS = 120_000

/** Every system. */
export const SYSTEMS: readonly PortSystem[] = ['linux', 'macos', 'windows']

/** Fills in every default. The document has been checked before. */
export function definitionOf({ metadata, spec }: WrittenPorts): PortsDefinition {
  const { systems = SYSTEMS, cooling = COOLING_MS, clients = {}, connect = [], names = {} } = spec
  const ranges = Object.entries(spec.ranges).map(([name, range]) => rangeOf(name, range, cooling))
  return {
    ...(metadata.description === undefined ? {} : { description: metadata.description }),
    systems: SYSTEMS.filter((system) => systems.includes(system)),
    regions: [...new Set(spec.regions)].sort(),
    ranges: ranges.sort((a, b) => a.first - b.first || (a.name < b.name ? -1 : 1)),
    clients: sorted(clients).map(([service, client]) => clientOf(service, client)),
    connect,
    names: sorted(names).map(([name, target]) => ({ name, ...servicePortOf(target) })),
    transitions: TRANSITION_EVENTS.map((event) =>
      transitionOf(event, spec.transitions?.[event] ?? {}),
    ),
  }
}

/** What grants are judged by. */
export function toPolicy({ name, digest, definition }: PortsContract): PortPolicy {
  const ranges = definition.ranges.map(({ isHttp: _, description: __, ...range }) => range)
  return { contract: name, digest, ranges }
}

/** What connections are judged by. */
export function toConnectPolicy({ name, digest, definition }: PortsContract): ConnectPolicy {
  return { contract: name, digest, rules: definition.connect, clients: definition.clients }
}

/** `shop/api/http` is the port `http` of the service `shop/api`. */
export function servicePortOf(text: string): { readonly service: string; readonly port: string } {
  const slash = text.lastIndexOf('/')
  return { service: text.slice(0, slash), port: text.slice(slash + 1) }
}

/** A range with every default; `coolingMs` is its contract's. */
export function rangeOf(name: string, written: WrittenRange, coolingMs: number): DefinedRange {
  const { ports, protocol = 'tcp', addresses, fixed = {}, cooling } = written
  const { perTenant, perService, claim, description } = written
  return {
    name,
    first: ports.first,
    last: ports.last,
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    isHttp: protocol === 'http',
    addresses: addressesOf(addresses),
    for: written.for ?? {},
    fixed: Object.fromEntries(sorted(fixed)),
    ...(perTenant === undefined ? {} : { perTenant }),
    ...(perService === undefined ? {} : { perService }),
    ...(claim === undefined ? {} : { claim }),
    coolingMs: cooling ?? coolingMs,
    ...(description === undefined ? {} : { description }),
  }
}

function addressesOf(written: WrittenRange['addresses'] = 'loopback'): readonly string[] {
  if (written === 'loopback') return LOOPBACK
  return written === 'any' ? EVERY_ADDRESS : written
}

function clientOf(service: string, written: WrittenClient): ClientIdentity {
  const { user = [], mtls = [], token = [], network = [], labels, namespace } = written
  return {
    service,
    users: user,
    mtls,
    tokens: token as readonly Digest[],
    networks: network,
    ...(labels === undefined ? {} : { labels }),
    ...(namespace === undefined ? {} : { namespace }),
  }
}

function transitionOf(event: TransitionEvent, written: WrittenTransition): Transition {
  const isDead = event === 'failover'
  const { deadline = TRANSITION_DEADLINE_MS, cooling } = written
  const { drain = isDead ? 0 : DRAIN_MS, linger = isDead ? 0 : LINGER_MS } = written
  return {
    event,
    drainMs: drain,
    lingerMs: linger,
    ...(cooling === undefined ? {} : { coolingMs: cooling }),
    deadlineMs: deadline,
    says: Object.keys(written).sort(),
  }
}

function sorted<Value>(record: Readonly<Record<string, Value>>): readonly [string, Value][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}
