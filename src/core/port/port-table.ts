/**
 * Who has which port, who had it before, and why that ended: the fold of the ledger's entries about
 * ports. The same entries always give the same table. It changes in place, since thousands of leases
 * come and go in a second; it asks nothing and knows no time but that of entries.
 */
import { assert, present } from '../fault/assert.ts'
import { type CarriedFront, CarriedFronts } from './carried-front.ts'
import { type EnforcedImage, EnforcedPorts } from './enforced-ports.ts'
import { claimsCollide, type PortClaim, type PortProtocol } from './port-claim.ts'
import type { PortEntry, PortMoved } from './port-entries.ts'
import type { PastLease, PortLease, PortOwner, PortRule, PortState } from './port-lease.ts'
import { ownerKey, printOwner, servingKey } from './port-owner.ts'
import { FIRST_STATES, mayMove } from './port-states.ts'

/** How many past leases of one port are told of. */
const PAST_MAX = 8

/** How many owners' last ports are remembered; the oldest is forgotten first. */
const OWNERS_MAX = 20_000

/** What a snapshot of the table holds: JSON. */
export interface PortTableImage {
  readonly leases: readonly PortLease[]
  readonly past: readonly (readonly [number, readonly PastLease[]])[]
  readonly lastPorts: readonly (readonly [string, number])[]
  readonly lastToken: number
  readonly enforced: EnforcedImage
  readonly carried?: readonly CarriedFront[]
}

/** The table; `apply` is the only thing that changes it. */
export class PortTable {
  readonly #byId = new Map<string, PortLease>()
  readonly #byPort = new Map<string, readonly PortLease[]>()
  readonly #byOwner = new Map<string, readonly PortLease[]>()
  readonly #counts = new Map<string, number>()
  readonly #past = new Map<number, readonly PastLease[]>()
  readonly #lastPorts = new Map<string, number>()
  #lastToken = 0
  /** What contracts have in force; only entries change it. */
  readonly enforced: EnforcedPorts
  /** The fronts that proxies carry; only entries change it. */
  readonly carried: CarriedFronts

  constructor(enforced: EnforcedImage = [], carried: readonly CarriedFront[] = []) {
    this.enforced = new EnforcedPorts(enforced)
    this.carried = new CarriedFronts(carried)
  }

  /** Takes up one entry, written at an instant. */
  apply(entry: PortEntry, atMs: number): void {
    if (entry.type === 'ports.enforced') this.enforced.enforce(entry.rules)
    else if (entry.type === 'ports.retired') this.enforced.retire(entry.contract)
    else if (entry.type === 'ports.withdrawn') this.enforced.withdraw(entry.contract)
    else if (entry.type === 'front.opened') this.carried.open(entry.front)
    else if (entry.type === 'front.closed') this.carried.close(entry)
    else if (entry.type === 'port.granted') this.#grant(entry.lease)
    else if (entry.type === 'port.moved') this.#move(this.lease(entry.lease), entry, atMs)
    else this.#free(this.lease(entry.lease), entry.because, atMs)
  }

  /** The lease of that id; undefined once it is free. */
  lease(id: string): PortLease | undefined {
    return this.#byId.get(id)
  }

  /** Every lease that is not free, in the order in which they were granted. */
  leases(): readonly PortLease[] {
    return [...this.#byId.values()]
  }

  get size(): number {
    return this.#byId.size
  }

  /** The leases of one port number; several when their addresses do not overlap. */
  on(protocol: PortProtocol, port: number): readonly PortLease[] {
    return this.#byPort.get(portKey(protocol, port)) ?? []
  }

  /** The leases that stand in the way of a claim: several when it is on every address, they on one each. */
  inTheWayOf(claim: PortClaim): readonly PortLease[] {
    return this.on(claim.protocol, claim.port).filter((lease) => claimsCollide(lease.claim, claim))
  }

  /** What this very owner has. */
  ofOwner(owner: PortOwner): readonly PortLease[] {
    return this.#byOwner.get(ownerKey(owner)) ?? []
  }

  /** The port that this owner had last, or has. */
  lastPort(owner: PortOwner, protocol: PortProtocol): number | undefined {
    return this.#lastPorts.get(lastKey(owner, protocol))
  }

  /** Who had a port before, the latest first. */
  past(port: number): readonly PastLease[] {
    return this.#past.get(port) ?? []
  }

  /** How many leases of a range a tenant has that are not cooling. */
  countOfTenant(rule: PortRule, tenant: string | undefined): number {
    return this.#counts.get(tenantKey(rule, tenant)) ?? 0
  }

  /** How many leases of a range a service has, in its environment and scope, that are not cooling. */
  countOfService(rule: PortRule, owner: PortOwner): number {
    return this.#counts.get(serviceKey(rule, owner)) ?? 0
  }

  /** The greatest fencing token that was ever given. */
  get lastToken(): number {
    return this.#lastToken
  }

  /** All of it, to be kept. */
  image(): PortTableImage {
    return {
      leases: this.leases(),
      past: [...this.#past],
      lastPorts: [...this.#lastPorts],
      lastToken: this.#lastToken,
      enforced: this.enforced.image(),
      carried: this.carried.all(),
    }
  }

  /** The table that an image was taken of. */
  static of(image: PortTableImage): PortTable {
    const table = new PortTable(image.enforced, image.carried)
    for (const lease of image.leases) table.#add(lease)
    for (const [port, past] of image.past) table.#past.set(port, past)
    for (const [key, port] of image.lastPorts) table.#lastPorts.set(key, port)
    table.#lastToken = image.lastToken
    return table
  }

  #grant(lease: PortLease): void {
    assert(FIRST_STATES.includes(lease.state), `A lease begins held or reserved: ${lease.id}.`)
    assert(lease.token > this.#lastToken, `A fencing token grows: ${lease.id}.`)
    const [other] = this.inTheWayOf(lease.claim)
    assert(other === undefined, `One port has one lease: ${lease.id}, ${other?.id}.`)
    this.#lastToken = lease.token
    this.#remember(lease)
    this.#add(lease)
  }

  #move(lease: PortLease | undefined, entry: PortMoved, atMs: number): void {
    const old = present(lease, `What is moved is leased: ${entry.lease}.`)
    const stays = old.state === entry.to
    assert(stays || mayMove(old.state, entry.to), `${old.id}: ${old.state} to ${entry.to}.`)
    this.#replace(old, movedLease(old, entry, stays ? old.changedAtMs : atMs))
  }

  #free(lease: PortLease | undefined, because: string, atMs: number): void {
    const old = present(lease, 'What is freed is leased.')
    assert(mayMove(old.state, 'free'), `${old.id}: ${old.state} to free.`)
    this.#remove(old)
    const { port } = old.claim
    const past = [{ lease: old, freedAtMs: atMs, because }, ...this.past(port)]
    this.#past.set(port, past.slice(0, PAST_MAX))
  }

  #remember({ owner, claim }: PortLease): void {
    const key = lastKey(owner, claim.protocol)
    // Set anew, so that the oldest of all comes first.
    this.#lastPorts.delete(key)
    this.#lastPorts.set(key, claim.port)
    const [oldest] = this.#lastPorts.size > OWNERS_MAX ? this.#lastPorts.keys() : []
    if (oldest !== undefined) this.#lastPorts.delete(oldest)
  }

  #replace(old: PortLease, lease: PortLease): void {
    this.#byId.set(lease.id, lease)
    this.#index(this.#byPort, portKey(old.claim.protocol, old.claim.port), old, lease)
    this.#index(this.#byOwner, ownerKey(old.owner), old, lease)
    if (old.state !== 'cooling' && lease.state === 'cooling') this.#count(lease, -1)
  }

  #add(lease: PortLease): void {
    this.#byId.set(lease.id, lease)
    this.#index(this.#byPort, portKey(lease.claim.protocol, lease.claim.port), undefined, lease)
    this.#index(this.#byOwner, ownerKey(lease.owner), undefined, lease)
    if (lease.state !== 'cooling') this.#count(lease, 1)
  }

  #remove(lease: PortLease): void {
    this.#byId.delete(lease.id)
    this.#index(this.#byPort, portKey(lease.claim.protocol, lease.claim.port), lease, undefined)
    this.#index(this.#byOwner, ownerKey(lease.owner), lease, undefined)
    if (lease.state !== 'cooling') this.#count(lease, -1)
  }

  #index(
    map: Map<string, readonly PortLease[]>,
    key: string,
    old: PortLease | undefined,
    lease: PortLease | undefined,
  ): void {
    const others = (map.get(key) ?? []).filter((one) => one !== old)
    const all = lease === undefined ? others : [...others, lease]
    if (all.length === 0) map.delete(key)
    else map.set(key, all)
  }

  #count({ rule, owner }: PortLease, by: 1 | -1): void {
    for (const key of [tenantKey(rule, owner.tenant), serviceKey(rule, owner)]) {
      const count = (this.#counts.get(key) ?? 0) + by
      if (count === 0) this.#counts.delete(key)
      else this.#counts.set(key, count)
    }
  }
}

/** Its process listens, or did until it began to drain. */
const SERVED: ReadonlySet<PortState> = new Set(['ready', 'active', 'draining'])

/** It has been told how it ends, and is not taken back. */
const PARTING: ReadonlySet<PortState> = new Set(['draining', 'orphaned', 'cooling'])

/** A lease after it went on. */
function movedLease(old: PortLease, entry: PortMoved, changedAtMs: number): PortLease {
  const {
    thief: _thief,
    expiresAtMs: _expires,
    coolUntilMs: _cool,
    servedAt: was,
    parting: partingBefore,
    container: containerBefore,
    shut: shutBefore,
    ...lasting
  } = old
  const { to: state, because, process, thief, expiresAtMs, coolUntilMs, front, giving } = entry
  const container = entry.container ?? (process === undefined ? containerBefore : undefined)
  const servedAt = entry.servedAt ?? (SERVED.has(state) ? was : undefined)
  const shut = entry.shut === undefined && state !== 'cooling' ? shutBefore : entry.shut
  const parting = entry.parting ?? (PARTING.has(state) ? partingBefore : undefined)
  return {
    ...lasting,
    ...(giving === undefined ? {} : { giving }),
    ...(front === undefined ? {} : asFront(front)),
    state,
    because,
    changedAtMs,
    ...(process === undefined ? {} : { process }),
    ...(container === undefined ? {} : { container }),
    ...(servedAt === undefined ? {} : { servedAt }),
    ...(thief === undefined ? {} : { thief }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    ...(coolUntilMs === undefined ? {} : { coolUntilMs }),
    ...(parting === undefined ? {} : { parting }),
    ...(shut === undefined || shut === null ? {} : { shut }),
  }
}

/** Whoever carries a front inherits its socket. */
function asFront({
  as,
  ...more
}: NonNullable<PortMoved['front']>): Pick<PortLease, 'front' | 'giving' | 'ramp' | 'tls'> {
  return { front: as, giving: 'descriptor', ...more }
}

/** One port of one protocol as a text. */
export function portKey(protocol: PortProtocol, port: number): string {
  return `${protocol}/${port}`
}

function lastKey(owner: PortOwner, protocol: PortProtocol): string {
  return `${protocol} ${ownerKey(owner)}`
}

/** A rule as a text, whatever the revision of its contract. */
export function ruleKey({ contract, range }: PortRule): string {
  return JSON.stringify([contract ?? null, range])
}

function tenantKey(rule: PortRule, tenant: string | undefined): string {
  return `tenant ${ruleKey(rule)} ${JSON.stringify(tenant ?? null)}`
}

function serviceKey(rule: PortRule, owner: PortOwner): string {
  return `service ${ruleKey(rule)} ${servingKey({ ...owner, port: '' })}`
}

/** Who has a port, for people: `shop/api http`, since when, by which rule. */
export function printHolder(lease: PortLease): string {
  const since = new Date(lease.grantedAtMs).toISOString()
  return `${printOwner(lease.owner)} since ${since}, by ${printRule(lease.rule)}`
}

/** The rule of a lease, for people. */
export function printRule({ contract, range }: PortRule): string {
  return contract === undefined ? `the ${range} range` : `range ${range} of ${contract}`
}
