/** Leases as they lie on the map: by range, in it by service, and on a strip from its first port to its last. */
import type { PortLease, PortState } from '../../core/port/port-lease.ts'
import { BUILT_IN_RANGE } from '../../core/port/port-policy.ts'
import { PORT_STATES } from '../../core/port/port-states.ts'

/** How many places a strip has: as many as can be told apart on a narrow one. */
export const STRIP_PLACES = 180

/** The states that do not pass by themselves, or where somebody listens who should not. */
const WRONG: readonly PortState[] = ['stolen', 'orphaned', 'quarantined']

/** Of several leases in one place of a strip, the one that is more to the left is seen. */
const LOUDNESS: readonly PortState[] = [
  ...WRONG,
  'draining',
  'assigned',
  'active',
  'ready',
  'held',
  'reserved',
  'cooling',
]

/** The leases of one service in a range, by number. */
export interface ServiceOnMap {
  readonly service: string
  readonly leases: readonly PortLease[]
}

/** One place of a strip where something is leased. */
export interface StripPlace {
  /** @minimum 0 @maximum STRIP_PLACES - 1 */
  readonly place: number
  readonly state: PortState
}

/** One range with what is leased of it. */
export interface RangeOnMap {
  readonly key: string
  readonly name: string
  /** The Ports contract that says so. */
  readonly contract?: string
  /** Its first and last port, where the page knows them. */
  readonly bounds?: { readonly first: number; readonly last: number }
  readonly count: number
  readonly services: readonly ServiceOnMap[]
  /** Empty where the bounds are not known. */
  readonly strip: readonly StripPlace[]
}

/** The map of leases: ranges by their lowest port. */
export function mapPorts(leases: readonly PortLease[]): readonly RangeOnMap[] {
  const byRange = Map.groupBy(leases.toSorted(byNumber), ({ rule, claim }) =>
    [rule.contract ?? '', rule.range, claim.protocol].join(' '),
  )
  return [...byRange].map(([key, found]) => rangeOnMap(key, found))
}

/** Leases by number; two of one number by protocol. */
export function byNumber(one: PortLease, other: PortLease): number {
  const difference = one.claim.port - other.claim.port
  return (
    difference || one.claim.protocol.localeCompare(other.claim.protocol) || one.token - other.token
  )
}

/** The leases that need a person. */
export function wrongPorts(leases: readonly PortLease[]): readonly PortLease[] {
  return leases.filter(({ state }) => WRONG.includes(state)).toSorted(byNumber)
}

/** How many leases are in each state that occurs, in the order of a life. */
export function countStates(
  leases: readonly PortLease[],
): readonly { readonly state: PortState; readonly count: number }[] {
  const counts = Map.groupBy(leases, ({ state }) => state)
  return PORT_STATES.flatMap((state) => {
    const count = counts.get(state)?.length ?? 0
    return count === 0 ? [] : [{ state, count }]
  })
}

/** What is wanted of a list of leases. */
export interface PortFilter {
  /** Words, each of which must be part of what a row says. */
  readonly find: string
  /** A state; empty: any. */
  readonly state: string
}

/** The leases that are wanted, by number. */
export function filterPorts(
  leases: readonly PortLease[],
  { find, state }: PortFilter,
): readonly PortLease[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean)
  return leases
    .filter((lease) => state === '' || lease.state === state)
    .filter((lease) => {
      const text = textOf(lease)
      return words.every((word) => text.includes(word))
    })
    .toSorted(byNumber)
}

function textOf({ claim, owner, process, thief, rule, front }: PortLease): string {
  const { service, port, instance, environment, tenant, scope } = owner
  const words = [claim.port, claim.protocol, service, port, instance, environment, tenant, scope]
  const more = [process?.pid, thief?.pid, thief?.command, rule.contract, rule.range]
  return [...words, ...more, front === undefined ? '' : 'front']
    .filter((word) => word !== undefined)
    .join(' ')
    .toLowerCase()
}

function rangeOnMap(key: string, leases: readonly PortLease[]): RangeOnMap {
  const services = Map.groupBy(leases, ({ owner }) => owner.service)
  const { range: name = '', contract } = leases[0]?.rule ?? {}
  const bounds =
    contract === undefined && name === BUILT_IN_RANGE.name
      ? { first: BUILT_IN_RANGE.first, last: BUILT_IN_RANGE.last }
      : undefined
  return {
    key,
    name,
    ...(contract === undefined ? {} : { contract }),
    ...(bounds === undefined ? {} : { bounds }),
    count: leases.length,
    services: [...services]
      .map(([service, found]) => ({ service, leases: found }))
      .toSorted((one, other) => one.service.localeCompare(other.service)),
    strip: bounds === undefined ? [] : stripOf(leases, bounds),
  }
}

function stripOf(
  leases: readonly PortLease[],
  { first, last }: { readonly first: number; readonly last: number },
): readonly StripPlace[] {
  const inside = leases.filter(({ claim }) => first <= claim.port && claim.port <= last)
  const places = Map.groupBy(inside, ({ claim }) =>
    Math.floor(((claim.port - first) * STRIP_PLACES) / (last - first + 1)),
  )
  return [...places].map(([place, found]) => ({
    place,
    state: LOUDNESS.find((state) => found.some((lease) => lease.state === state)) ?? 'cooling',
  }))
}
