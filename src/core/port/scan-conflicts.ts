/**
 * What the files of one repository claim against those of another: nobody sees it while each is scanned
 * by itself. Judged as two claims of one folder are, but for what lies beside each other there: of two
 * repositories it is only known that they are started together where both name the same environment.
 */
import { type PortSpan, printSpan } from './machine-facts.ts'
import {
  BY_CONFIDENCE,
  type Confidence,
  contestedBy,
  leastSevere,
  mayShareEnvironment,
  SEVERITIES,
  type Severity,
  type WrittenClaim,
} from './written-claim.ts'

/** A claim as it is published: where it stands, and never what else stands there. */
export interface PublishedClaim extends WrittenClaim {
  /** Relative to the folder that was scanned, with slashes. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** What it is for: `web`. */
  readonly service: string
  /** As it is written, as far as that is about ports: `8080:80`. */
  readonly text: string
  readonly confidence: Confidence
}

/** What one scan claims. */
export interface ClaimingScan {
  readonly name: string
  readonly claims: readonly PublishedClaim[]
}

/** A claim, and whose it is. */
export type ContestedClaim = PublishedClaim & { readonly scan: string }

/** Ports that several repositories claim. */
export interface ScanConflict extends PortSpan {
  readonly protocol: WrittenClaim['protocol']
  readonly severity: Severity
  /** Where all of them are started; absent: none says where. */
  readonly environment?: string
  /** Of at least two scans, by the names of scans, then by place. */
  readonly claims: readonly ContestedClaim[]
  readonly sentence: string
}

/**
 * So many claims after each are looked at: those of one port and environment are beside each other, so
 * that however many there are, each is told of with its neighbours, and so with all of them.
 */
const LOOKED_AT_MAX = 64

/** So many contests are told of; what has more was made to be slow. */
const CONTESTS_MAX = 20_000

/** Whose ports are the same ones in another repository. */
const SHARED_SCOPES = ['host', 'node', 'cluster']

/** Whether another repository could be in the way of a claim: nobody else has its container's network. */
export function isSharedScope(scope: string): boolean {
  return SHARED_SCOPES.includes(scope)
}

/** Every conflict between scans, the worst first, then by number. */
export function conflictsBetween(scans: readonly ClaimingScan[]): readonly ScanConflict[] {
  const claims = scans
    .flatMap(({ name, claims: all }) => eachWishOnce(all).map((one) => ({ ...one, scan: name })))
    .filter(({ scope }) => isSharedScope(scope))
    .sort(byWish)
  const groups = new Map<string, Group>()
  let contests = 0
  for (const [place, one] of claims.entries()) {
    for (const other of claims.slice(place + 1, place + 1 + LOOKED_AT_MAX)) {
      if (other.first > one.last) break
      const contest = contestOf(one, other)
      if (contest === undefined) continue
      groupOf(groups, contest).add(one).add(other)
      contests += 1
    }
    if (contests > CONTESTS_MAX) break
  }
  return [...groups.values()].map(conflictOf).sort(byGravity)
}

/** A repository often says the same in several files; it is in the way of others once. */
function eachWishOnce(claims: readonly PublishedClaim[]): readonly PublishedClaim[] {
  const once = new Map<string, PublishedClaim>()
  for (const claim of claims) {
    const { protocol, first, last, scope, addresses, environment, except, instances } = claim
    const wish = [protocol, first, last, scope, addresses, environment, except, instances]
    const key = JSON.stringify([...wish, claim.service])
    const known = once.get(key)
    if (known === undefined || isSurer(claim, known)) once.set(key, claim)
  }
  return [...once.values()]
}

function isSurer({ confidence }: PublishedClaim, other: PublishedClaim): boolean {
  const rank = (one: Confidence): number => SEVERITIES.indexOf(BY_CONFIDENCE[one])
  return rank(confidence) < rank(other.confidence)
}

interface Contest extends PortSpan {
  readonly protocol: WrittenClaim['protocol']
  readonly severity: Severity
  readonly environment?: string
}

/** What is contested alike, and by whom. */
interface Group {
  readonly contest: Contest
  readonly claims: Set<ContestedClaim>
}

function contestOf(one: ContestedClaim, other: ContestedClaim): Contest | undefined {
  if (one.scan === other.scan || !mayShareEnvironment(one, other)) return undefined
  const span = contestedBy(one, other)
  if (span === undefined) return undefined
  const environment = one.environment ?? other.environment
  return {
    ...span,
    protocol: one.protocol,
    severity: severityBetween(one, other),
    ...(environment === undefined ? {} : { environment }),
  }
}

/** Sure where both name the environment, likely where neither does, a guess where one does. */
function severityBetween(one: ContestedClaim, other: ContestedClaim): Severity {
  const named = [one, other].filter(({ environment }) => environment !== undefined).length
  const byEnvironment = named === 2 ? 'error' : named === 0 ? 'warning' : 'note'
  const own = [one, other].map(({ confidence }) => BY_CONFIDENCE[confidence])
  return leastSevere([byEnvironment, ...own])
}

function groupOf(groups: Map<string, Group>, contest: Contest): Set<ContestedClaim> {
  const { first, last, protocol, severity, environment = '' } = contest
  const key = `${first} ${last} ${protocol} ${severity} ${environment}`
  const { claims } = groups.get(key) ?? { claims: new Set<ContestedClaim>() }
  groups.set(key, { contest, claims })
  return claims
}

function conflictOf({ contest, claims: all }: Group): ScanConflict {
  const claims = [...all].sort(byPlace)
  const { protocol, environment } = contest
  const port = protocol === 'tcp' ? printSpan(contest) : `${printSpan(contest)}/${protocol}`
  const scans = [...new Set(claims.map(({ scan }) => scan))]
  const where = environment === undefined ? '' : ` in ${environment}`
  return { ...contest, claims, sentence: `Port ${port} is claimed by ${listed(scans)}${where}.` }
}

const NAMES_MAX = 5

function listed(names: readonly string[]): string {
  const shown = names.length > NAMES_MAX ? names.slice(0, NAMES_MAX - 1) : names
  const rest = names.length - shown.length
  const words = rest === 0 ? shown : [...shown, `${rest} others`]
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

function byWish(one: ContestedClaim, other: ContestedClaim): number {
  return (
    one.first - other.first ||
    compareText(one.protocol, other.protocol) ||
    compareText(one.environment ?? '', other.environment ?? '')
  )
}

function byPlace(one: ContestedClaim, other: ContestedClaim): number {
  return (
    compareText(one.scan, other.scan) ||
    compareText(one.file, other.file) ||
    one.line - other.line ||
    one.column - other.column
  )
}

function byGravity(one: ScanConflict, other: ScanConflict): number {
  return (
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    one.first - other.first ||
    one.last - other.last ||
    compareText(one.protocol, other.protocol) ||
    compareText(one.environment ?? '', other.environment ?? '')
  )
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
