/** Claims that cannot all be had: one port, one address, one scope, and started together. */
import type { PortSpan } from '../../core/port/machine-facts.ts'
import {
  BY_CONFIDENCE,
  contestedBy,
  leastSevere,
  needOf,
  SEVERITIES,
  type Severity,
  sizeOf,
} from '../../core/port/written-claim.ts'
import type { FoundPort } from '../found/found-port.ts'
import { cliquesOf, type Pair } from './cliques.ts'
import type { RawFinding, ScanRule } from './finding.ts'
import type { TakenPorts } from './free-port.ts'
import { meetingOf } from './meeting.ts'
import { isFixture } from './realm.ts'
import { listServices, printPort, printScope } from './scope-words.ts'
import type { Surroundings } from './surroundings.ts'

const BY_MEETING = { together: 'error', likely: 'warning', perhaps: 'note' } as const
const GRAVITY: Readonly<Record<Severity, number>> = { error: 2, warning: 1, note: 0 }

/** Of one claim so many conflicts are told of; among a great many, everybody is still named. */
const CONTESTS_MAX = 64
/** So many claims of the same ports are compared with each; what has more was made to be slow. */
const LOOKED_AT_MAX = 2_000

/** As sure as it is that the port is meant at all. */
export function severityOf(port: FoundPort): Severity {
  return isFixture(port.file) ? 'note' : BY_CONFIDENCE[port.confidence]
}

/** Every conflict between claims, and of a claim with itself. */
export function findConflicts(
  ports: readonly FoundPort[],
  { taken, around }: { readonly taken: TakenPorts; readonly around: Surroundings },
): readonly RawFinding[] {
  const claims = eachThingOnce(ports.filter((port) => isListening(port))).toSorted(
    (a, b) => a.first - b.first,
  )
  const pairs = contestsOf(claims, around)
  const findings = SEVERITIES.flatMap((severity) => {
    const asBad = pairs.filter((pair) => pair.severity === severity).map(pairOf)
    const worse = pairs.filter((pair) => GRAVITY[pair.severity] > GRAVITY[severity]).map(pairOf)
    return cliquesOf(asBad, worse).map((group) => {
      const members = group.flatMap((index) => claims[index] ?? [])
      return conflictOf(members, severity, taken)
    })
  })
  return [...findings, ...crowdsOf(claims, taken)]
}

/** A thing that several lines speak of in the same way is in the way of others once. */
function eachThingOnce(claims: readonly FoundPort[]): readonly FoundPort[] {
  const once = new Map<string | FoundPort, FoundPort>()
  for (const claim of claims) {
    const { identity, unit, variant, profiles, environment, except } = claim
    const { scope, protocol, addresses, first, last, instances } = claim
    const key =
      identity === undefined
        ? claim
        : JSON.stringify([
            ...[identity, unit, variant, profiles, environment, except],
            ...[scope, protocol, addresses, first, last, instances, severityOf(claim)],
          ])
    if (!once.has(key)) once.set(key, claim)
  }
  return [...once.values()]
}

/** Ports of a pod's own network are claimed when the pod says so, although nothing publishes them. */
function isListening({ stance, scope, format }: FoundPort): boolean {
  const isOfPod = isCluster({ format }) && scope.startsWith('network ')
  return stance === 'claim' || (isOfPod && stance === 'documentation')
}

function isCluster({ format }: Pick<FoundPort, 'format'>): boolean {
  return /^(kubernetes|helm)/.test(format)
}

interface Contest {
  readonly one: number
  readonly other: number
  readonly severity: Severity
}

function pairOf({ one, other }: Contest): Pair {
  return [one, other]
}

function contestsOf(claims: readonly FoundPort[], around: Surroundings): readonly Contest[] {
  const contests: Contest[] = []
  const severities = claims.map(severityOf)
  for (const [one, mine] of claims.entries()) {
    let found = 0
    const end = Math.min(claims.length, one + 1 + LOOKED_AT_MAX)
    for (let other = one + 1; other < end && found < CONTESTS_MAX; other += 1) {
      const theirs = claims[other]
      // They are sorted by their first port, so that none after this one reaches back.
      if (theirs === undefined || theirs.first > mine.last) break
      const most = worstBetween(mine, theirs, around)
      if (most === undefined) continue
      const own = [severities[one] ?? 'note', severities[other] ?? 'note'] as const
      contests.push({ one, other, severity: leastSevere([most, ...own]) })
      found += 1
    }
  }
  return contests
}

/** How bad it is when both are sure; undefined when they are not in each other's way. */
function worstBetween(
  one: FoundPort,
  other: FoundPort,
  around: Surroundings,
): Severity | undefined {
  if (contestedBy(one, other) === undefined) return undefined
  // What a job publishes fails it; a container may well be told otherwise when it starts.
  const isOfPod = /^network (?!job )/.test(one.scope)
  // Objects of one name in two files are two versions of it.
  if (isOfPod && isCluster(one) && one.file !== other.file) return undefined
  const meeting = meetingOf(one, other, around)
  if (meeting === 'never') return undefined
  return isOfPod ? leastSevere([BY_MEETING[meeting], 'warning']) : BY_MEETING[meeting]
}

function conflictOf(
  members: readonly FoundPort[],
  severity: Severity,
  taken: TakenPorts,
): RawFinding {
  const [first] = members
  const span = commonOf(members)
  const { protocol, scope } = first as FoundPort
  const isOfPod = members.every((port) => port.scope.startsWith('network ') && isCluster(port))
  const rule: ScanRule = isOfPod ? 'duplicate-container-port' : 'conflict'
  const what = `Port ${printPort(span, protocol)} ${printScope(scope)}`
  return {
    ...{ rule, severity, ...span, protocol, scope, ports: members },
    sentence: `${what} is claimed by ${listServices(members)}.`,
    remedy: isOfPod
      ? 'Leave one of them out, or give each container a port of its own.'
      : remedyFor(span, taken),
  }
}

function remedyFor(span: PortSpan, taken: TakenPorts): string {
  const free = taken.freeAbove(span.last)
  const which = free === undefined ? '' : `; ${free} is claimed by nobody here`
  return `Give all but one of them another port${which}.`
}

function commonOf(members: readonly FoundPort[]): PortSpan {
  const first = Math.max(...members.map((one) => one.first))
  return { first, last: Math.max(first, Math.min(...members.map((one) => one.last))) }
}

/** More instances than ports. */
function crowdsOf(claims: readonly FoundPort[], taken: TakenPorts): readonly RawFinding[] {
  return claims.flatMap((port): readonly RawFinding[] => {
    if (needOf(port) <= sizeOf(port)) return []
    const { first, last, protocol, scope, service, instances } = port
    const size = sizeOf(port)
    const have = size === 1 ? 'one' : String(size)
    const ports = `${size === 1 ? 'port' : 'ports'} ${printPort(port, protocol)}`
    const sentence = `${instances} instances of ${service} want ${ports} ${printScope(scope)}, which only ${have} can have.`
    const end = Math.min(65_535, first + needOf(port) - 1)
    const isFree = taken.freeAbove(last, { first: last + 1, last: end }) === last + 1
    const instead = isFree ? `, such as ${first}-${end}` : ''
    const fewer = size === 1 ? 'one instance' : `${size} instances`
    return [
      {
        ...{ rule: 'conflict', severity: severityOf(port), first, last, protocol, scope },
        ports: [port],
        sentence,
        remedy: `Publish a range of ${instances} ports${instead}, or let ${fewer} be enough.`,
      },
    ]
  })
}
