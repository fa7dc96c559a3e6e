/**
 * The map: every range that a contract has, and the built-in one where something is leased of it; in
 * each what is leased by service, and on a strip from its first port to its last.
 */
import type { PortLease, PortState } from '../../core/port/port-lease.ts'
import { PORT_STATES } from '../../core/port/port-states.ts'
import type { ListedRange } from '../../core/port/range-list.ts'

/** How many places a strip has at most: as many as can be told apart on a narrow one. */
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

/** One place of a strip where something is leased, or fixed for somebody. */
export interface StripPlace {
  /** @minimum 0 @maximum places - 1 */
  readonly place: number
  /** Absent: nothing is leased there, and a port is fixed. */
  readonly state?: PortState
}

/** A range from its first port to its last. */
export interface Strip {
  readonly first: number
  readonly last: number
  /** How many places it has: one for each port, as long as they can be told apart. */
  readonly places: number
  readonly taken: readonly StripPlace[]
}

/** One range with what is leased of it. */
export interface RangeOnMap {
  readonly key: string
  readonly name: string
  /** The Ports contract that says so. */
  readonly contract?: string
  readonly protocol: string
  /** What is listed of it; absent: it is in no list, as for ports that were asked for by number. */
  readonly listed?: ListedRange
  readonly count: number
  readonly services: readonly ServiceOnMap[]
  /** Absent where its first and last port are not known. */
  readonly strip?: Strip
}

/** What the map is drawn from. */
export interface MapParts {
  readonly leases: readonly PortLease[]
  readonly ranges: readonly ListedRange[]
  /** Whether ranges of which nothing is leased are drawn too: not while leases are filtered. */
  readonly withEmpty: boolean
}

/**
 * The map: what contracts have in force, then what earlier revisions still have, then the built-in
 * range and whatever is in none; each by its first port.
 */
export function mapPorts({ leases, ranges, withEmpty }: MapParts): readonly RangeOnMap[] {
  const left = new Set(leases.toSorted(byNumber))
  const inForce = ranges.filter(({ standing }) => standing === 'in-force')
  const earlier = ranges.filter(({ standing }) => standing === 'earlier')
  const listed = [...inForce.toSorted(byFirst), ...earlier.toSorted(byFirst)].map(
    (range, place) => {
      const own = [...left].filter((lease) => isOf(lease, range))
      for (const lease of own) left.delete(lease)
      return listedOnMap(range, own, place)
    },
  )
  const drawn = listed.filter(({ count, listed: range }) => {
    const isOfContract = range?.contract !== undefined && range.standing === 'in-force'
    return count > 0 || (withEmpty && isOfContract)
  })
  const byRange = Map.groupBy(left, ({ rule, claim }) =>
    [rule.contract ?? '', rule.range, claim.protocol].join(' '),
  )
  return [...drawn, ...[...byRange].map(([key, found]) => unlistedOnMap(key, found))]
}

/** Leases by number; two of one number by protocol. */
function byNumber(one: PortLease, other: PortLease): number {
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

/** The built-in range comes after those of contracts. */
function byFirst(one: ListedRange, other: ListedRange): number {
  const builtIn = Number(one.contract === undefined) - Number(other.contract === undefined)
  return builtIn || one.first - other.first
}

/** By whatever revision: where an amended contract still has it, it is drawn in that range. */
function isOf({ rule, claim }: PortLease, range: ListedRange): boolean {
  return (
    rule.contract === range.contract &&
    rule.range === range.range &&
    claim.protocol === range.protocol &&
    range.first <= claim.port &&
    claim.port <= range.last
  )
}

function listedOnMap(range: ListedRange, leases: readonly PortLease[], place: number): RangeOnMap {
  const { contract, protocol, range: name } = range
  return {
    key: `${place} ${contract ?? ''} ${name} ${protocol}`,
    name,
    protocol,
    ...(contract === undefined ? {} : { contract }),
    listed: range,
    count: leases.length,
    services: servicesOf(leases),
    strip: stripOf(leases, range),
  }
}

/** In no list: asked for by number, or granted by a contract that says nothing any more. */
function unlistedOnMap(key: string, leases: readonly PortLease[]): RangeOnMap {
  const [first] = leases
  const { range: name = '', contract } = first?.rule ?? {}
  return {
    key,
    name,
    protocol: first?.claim.protocol ?? '',
    ...(contract === undefined ? {} : { contract }),
    count: leases.length,
    services: servicesOf(leases),
  }
}

function servicesOf(leases: readonly PortLease[]): readonly ServiceOnMap[] {
  return [...Map.groupBy(leases, ({ owner }) => owner.service)]
    .map(([service, found]) => ({ service, leases: found }))
    .toSorted((one, other) => one.service.localeCompare(other.service))
}

function stripOf(leases: readonly PortLease[], { first, last, rules }: ListedRange): Strip {
  const size = last - first + 1
  const places = Math.min(STRIP_PLACES, size)
  const placeOf = (port: number): number => Math.floor(((port - first) * places) / size)
  const leased = Map.groupBy(leases, ({ claim }) => placeOf(claim.port))
  const fixed = Object.values(rules.fixed)
    .map(placeOf)
    .filter((place) => !leased.has(place))
  const taken = [
    ...[...leased].map(([place, found]): StripPlace => ({ place, state: loudest(found) })),
    ...[...new Set(fixed)].map((place): StripPlace => ({ place })),
  ]
  return { first, last, places, taken: taken.toSorted((one, other) => one.place - other.place) }
}

function loudest(leases: readonly PortLease[]): PortState {
  return LOUDNESS.find((state) => leases.some((lease) => lease.state === state)) ?? 'cooling'
}
