/**
 * Ports as leases of the broker: recorded before anything is started with them, given to the process
 * that was started, and watched from then on. Between the lease and the start lie milliseconds, in
 * which no socket holds them: the process that is to listen could not while one did. What it inherits
 * is held all the time, from before its first start until nothing of its component runs any more; one that
 * its starts share is leased once, for the component, to one of them after the other.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { isFault } from '../../core/fault/fault.ts'
import { PARTING_MOST_MS } from '../../core/port/parting.ts'
import type { PortLease, PortOwner, ProcessIdentity } from '../../core/port/port-lease.ts'
import { protocolOf } from '../../core/port/port-protocols.ts'
import { isListenedTo, isSpare } from '../../core/port/port-states.ts'
import { transitionFor } from '../../core/port/port-transition.ts'
import type { PortWish } from '../../core/port/port-wish.ts'
import type { Heir, PortBroker, PortGrant, PortSpawner } from '../../seams/port-broker.ts'
import {
  type InheritedNames,
  inheritedAddresses,
  notHeld,
  whyNotInherited,
} from './inherited-ports.ts'
import { hostOf, whyNotThere } from './leased-host.ts'
import type {
  InheritingStart,
  NoPorts,
  PortRequest,
  PortReservation,
  PortSource,
  PublishingContainer,
  StartPorts,
} from './port-source.ts'
import { isOwnAddress } from './ports.ts'
import { notBeside, notDead, notOurs } from './refused-ports.ts'
import { isOf, mayBeShared, Takers } from './takers.ts'

/** How long a start may take until somebody has its ports: an engine may be slow. @unit ms */
const START_MS = 300_000

/** How long the kernel may take to show that a process is gone which has written its end. @unit ms */
const PROVED_MS = 2_000
const LOOK_MS = 5

/** What it leases by. */
export interface LeasedPortsOptions {
  readonly broker: Pick<
    PortBroker,
    | 'claim'
    | 'letGo'
    | 'holdAgain'
    | 'assign'
    | 'publish'
    | 'release'
    | 'leases'
    | 'lookNow'
    | 'enforced'
  > &
    PortSpawner
  /** Told of what went wrong where nobody waits for an answer. */
  onTrouble(error: unknown): void
}

/** Leases ports for components. */
export class LeasedPorts implements PortSource {
  readonly #broker: LeasedPortsOptions['broker']
  readonly #onTrouble: (error: unknown) => void
  readonly #takers = new Takers()
  /** What nobody waits for. */
  readonly #underWay = new Set<Promise<unknown>>()
  /** What is being held again at this moment. */
  #holding: Promise<unknown> = Promise.resolve()

  constructor({ broker, onTrouble }: LeasedPortsOptions) {
    this.#broker = broker
    this.#onTrouble = onTrouble
  }

  async reserve(request: PortRequest): Promise<PortReservation | NoPorts> {
    const { start, address, inherited = [], shared = [] } = request
    const wishes = this.#wishesOf(request)
    if (wishes.length === 0) return this.#reservation([])
    const misplaced = wishes.map((wish) => this.#misplaced(wish, address)).find(Boolean)
    if (misplaced !== undefined) return misplaced
    try {
      const unproved = start === undefined ? undefined : await this.#unproved(request)
      if (unproved !== undefined) return this.#whyUnproved(unproved)
      await this.#holding
      const grant = await this.#claim(wishes)
      if (grant.verdict === 'refused') return grant
      const reservation = this.#reservation(grant.leases)
      const own = inherited.filter((port) => !shared.includes(port))
      const place = await this.#placeOf(grant.leases, address, { own, shared })
      if (!('sentence' in place)) return { ...reservation, ...place }
      reservation.release()
      return place
    } catch (error) {
      if (!isFault(error, 'ports-unavailable')) throw error
      return { sentence: error.message }
    }
  }

  #wishesOf({ subject, start, names, address, by = [], ...how }: PortRequest): Wishes {
    const { inherited = [], shared = [], protocols } = how
    const where = address === undefined ? {} : { addresses: [address] }
    const policies = this.#broker.enforced.all().map(({ policy }) => policy)
    return names.map((port) => {
      const instance = shared.includes(port) ? undefined : start
      const owner = { service: subject, port, ...(instance === undefined ? {} : { instance }) }
      const protocol = protocolOf(protocols, port)
      const giving = inherited.includes(port)
        ? { giving: 'descriptor' as const, ...inheritedAddresses({ owner, protocol }, policies) }
        : { giving: 'number' as const, isHeld: false }
      return { owner, protocol, ttlMs: START_MS, by, ...giving, ...where }
    })
  }

  /** What an earlier start was granted without a socket, and is to be inherited, is granted anew. */
  async #claim(wishes: Wishes): Promise<PortGrant> {
    const grant = await this.#broker.claim(wishes)
    if (grant.verdict === 'refused') return grant
    const loose = grant.leases.filter(
      ({ giving, state }) => giving === 'descriptor' && state === 'reserved',
    )
    if (loose.length === 0) return grant
    for (const { id } of loose) await this.#broker.release(id, 'It is granted anew, to be held.')
    return await this.#broker.claim(wishes)
  }

  /** Where they are to be listened on; why not, when they cannot. */
  async #placeOf(
    leases: readonly PortLease[],
    named: string | undefined,
    inherited: InheritedNames,
  ): Promise<{ readonly host?: string } | NoPorts> {
    const foreign = leases.find((lease) => this.#isOfAnother(lease))
    if (foreign !== undefined) return notOurs(foreign)
    const front = leases.map(({ owner }) => this.#frontOf(owner, inherited.shared)).find(Boolean)
    if (front !== undefined) return notOurs(front)
    const unheld = whyNotInherited(leases, inherited)
    if (unheld !== undefined) return unheld
    const place = hostOf(leases, named)
    if ('sentence' in place || place.host === undefined || place.host === named) return place
    if (await isOwnAddress(place.host)) return place
    const sentence = `its ports are leased on ${place.host}, which is none of this machine.`
    return { reason: 'address-unknown', sentence }
  }

  #misplaced(wish: PortWish, address: string | undefined): NoPorts | undefined {
    const policies = this.#broker.enforced.all().map(({ policy }) => policy)
    return address === undefined ? undefined : whyNotThere(wish, address, policies)
  }

  async letGo(start: StartPorts): Promise<void> {
    const held = this.#leasesOn(start).filter(
      ({ state, giving }) => state === 'held' && giving === 'number',
    )
    if (held.length > 0) await this.#broker.letGo(held.map(({ id }) => id))
  }

  async inherit({ inherited, shared, ...heir }: InheritingStart): Promise<Heir> {
    const { subject, ports, protocols, ...start } = heir
    const held = this.#leasesOn({ subject, ports, protocols }).filter(
      ({ state, giving, owner }) =>
        giving === 'descriptor' && (state === 'held' || shared.includes(owner.port)),
    )
    const leases = inherited.map((port) => {
      const lease = held.find(({ owner }) => owner.port === port)
      if (lease === undefined) throw notHeld(`Port ${port} of ${subject} is not held any more.`)
      return lease.id
    })
    return await this.#broker.spawn({ ...start, leases })
  }

  took(start: StartPorts, process: ProcessIdentity): void {
    this.#takers.keep(this.#broker.leases())
    for (const lease of this.#leasesOn(start)) {
      const isServed = this.#isServed(lease)
      this.#takers.add(lease, process)
      // Who has it serves on, until it gives way or dies.
      if (isServed) continue
      const wasOthers = mayBeShared(lease) && lease.process !== undefined && !isOf(lease, process)
      this.#later(wasOthers ? this.#takeOver(lease.id) : this.#broker.assign(lease.id, process))
    }
  }

  /** All that runs is told of in one go, in the order of its starts: who has the lease may come last. */
  async #takeOver(id: string): Promise<void> {
    await Promise.resolve()
    const lease = this.#broker.leases().find((one) => one.id === id)
    if (lease === undefined || this.#isServed(lease)) return
    const latest = this.#takers.sharing(lease).at(-1)
    if (latest !== undefined) await this.#broker.assign(id, latest)
  }

  async giveWay(subject: string, process: ProcessIdentity): Promise<void> {
    for (const lease of this.#leasesOf(subject)) {
      if (!mayBeShared(lease) || !this.#takers.has(lease, process)) continue
      if (!isOf(lease, process)) await this.#broker.assign(lease.id, process)
    }
  }

  finishMs(subject: string): number | undefined {
    const rules = this.#leasesOf(subject).map((lease) =>
      transitionFor(lease, 'roll', this.#broker.enforced),
    )
    const said = rules.flatMap((rule) => (rule?.says?.includes('drain') ? [rule.drainMs] : []))
    return said.length === 0 ? undefined : Math.min(PARTING_MOST_MS, ...said)
  }

  published(start: StartPorts, { inside = {}, ...container }: PublishingContainer): void {
    for (const { id, owner } of this.#leasesOn(start)) {
      const port = inside[owner.port]
      const published = { ...container, ...(port === undefined ? {} : { port }) }
      this.#later(this.#broker.publish(id, published))
    }
  }

  died(subject: string, process?: ProcessIdentity): void {
    const leases = this.#leasesOf(subject)
    for (const lease of leases) if (process !== undefined) this.#outlived(lease, process)
    this.#look(leases.map(({ id }) => id))
  }

  /** Those who accept on the same socket go on: the last that came has it, if the one that died had. */
  #outlived(lease: PortLease, dead: ProcessIdentity): void {
    if (!this.#takers.remove(lease, dead) || !isOf(lease, dead)) return
    const next = this.#takers.sharing(lease).at(-1)
    if (next !== undefined) this.#later(this.#broker.assign(lease.id, next))
    else if (this.#hasMovedOn(lease, dead))
      this.#release(lease.id, 'Its component goes on without it.')
  }

  /** Whether a start of its component shares other ports, and not this one any more. */
  #hasMovedOn({ id, owner }: PortLease, dead: ProcessIdentity): boolean {
    return this.#leasesOf(owner.service).some((other) => {
      const sharing = this.#takers.sharing(other).length - Number(this.#takers.has(other, dead))
      return other.id !== id && sharing > 0
    })
  }

  /** Whether one of those who share it has it. */
  #isServed(lease: PortLease): boolean {
    return this.#takers.sharing(lease).some((one) => isOf(lease, one))
  }

  ended(subject: string): void {
    for (const lease of this.#leasesOf(subject)) {
      if (isHeldForIt(lease) || isSpare(lease)) continue
      // It may be of a start that ended while there was no daemon: then that is seen.
      if (this.#isOfAnother(lease)) this.#look([lease.id])
      else this.#release(lease.id, 'Nothing of its component runs any more.')
    }
  }

  /** Resolves once everything that was said here is done: only then may what it is said to be closed. */
  async settle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  /**
   * The lease of a start that has ended and whose death is not proved: until it is, by that very process
   * being gone and nothing of it listening, nobody takes its place.
   */
  async #unproved(request: PortRequest): Promise<PortLease | undefined> {
    const untilMs = performance.now() + PROVED_MS
    for (;;) {
      const leases = this.#leasesOf(request.subject)
      const ended = leases.filter((lease) => !this.#isOfOneBeside(lease, request))
      const now = await this.#broker.lookNow(ended.map(({ id }) => id))
      const unproved = now.find(({ state }) => isListenedTo(state) || state === 'orphaned')
      if (unproved === undefined || performance.now() > untilMs) return unproved
      await delay(LOOK_MS)
    }
  }

  /** Whether a start that runs has it, beside which the new one may be; or nobody. */
  #isOfOneBeside(lease: PortLease, { beside = [], shared = [] }: PortRequest): boolean {
    const { owner, process } = lease
    if (process === undefined || shared.includes(owner.port)) return true
    if (owner.instance !== undefined) return beside.includes(owner.instance)
    return shared.length > 0 && this.#isServed(lease)
  }

  #whyUnproved(lease: PortLease): NoPorts {
    if (this.#isOfAnother(lease)) return notOurs(lease)
    const isMeant = lease.owner.instance === undefined && lease.state !== 'orphaned'
    return isMeant ? notBeside(lease) : notDead(lease)
  }

  /** Its leases of these very ports that have not ended. */
  #leasesOn({ subject, ports, protocols }: StartPorts): readonly PortLease[] {
    return this.#leasesOf(subject).filter(
      ({ owner, claim, state }) =>
        ports[owner.port] === claim.port &&
        protocolOf(protocols, owner.port) === claim.protocol &&
        state !== 'cooling',
    )
  }

  /** Of the same service, but by hand: none of its starts was said to have it. */
  #isOfAnother(lease: PortLease): boolean {
    const { process, container, state, front } = lease
    if (process === undefined || container !== undefined || !isListenedTo(state)) return false
    return front !== undefined || !this.#takers.has(lease, process)
  }

  /** What has a set of ports of its own, as a job has by its scope, is none of the component's. */
  #leasesOf(subject: string): readonly PortLease[] {
    const isOwn = ({ owner, front }: PortLease): boolean =>
      owner.service === subject &&
      front === undefined &&
      (owner.environment ?? owner.tenant ?? owner.scope) === undefined
    return this.#broker.leases().filter(isOwn)
  }

  /** The front that a port which is to be shared has from before: its clients would be left there. */
  #frontOf({ service, port }: PortOwner, shared: readonly string[]): PortLease | undefined {
    if (!shared.includes(port)) return undefined
    return this.#broker.leases().find(({ front, owner, state }) => {
      const isIts = owner.service === service && owner.port === port
      return isIts && front !== undefined && state !== 'cooling'
    })
  }

  #reservation(leases: readonly PortLease[]): PortReservation {
    const ids = new Set(leases.map(({ id }) => id))
    // Whoever held it did so before this start, and goes on.
    const held = new Set(leases.filter(isHeldForIt).map(({ id }) => id))
    return {
      ports: Object.fromEntries(leases.map(({ owner, claim }) => [owner.port, claim.port])),
      release: () => {
        const left = this.#broker
          .leases()
          .filter(({ id, process, container }) => ids.has(id) && !(process ?? container))
        this.#holdAgain(left.filter(({ id }) => held.has(id)))
        for (const lease of left) {
          if (held.has(lease.id) || isSpare(lease)) continue
          this.#release(lease.id, 'No process was started with it.')
        }
      },
    }
  }

  #holdAgain(leases: readonly PortLease[]): void {
    if (leases.length === 0) return
    const holding = this.#broker.holdAgain(leases.map(({ id }) => id)).catch(this.#onTrouble)
    this.#holding = Promise.all([this.#holding, holding])
    this.#later(holding)
  }

  #look(ids: readonly string[]): void {
    this.#later(this.#broker.lookNow(ids))
  }

  #release(id: string, because: string): void {
    this.#later(this.#broker.release(id, because))
  }

  /** Nobody waits for it, but who closes. */
  #later(work: Promise<unknown>): void {
    const done = work.catch(this.#onTrouble).finally(() => this.#underWay.delete(done))
    this.#underWay.add(done)
  }
}

type Wishes = Parameters<PortBroker['claim']>[0]

/** A socket holds it for whoever takes it: this one has not begun with it. */
function isHeldForIt({ state, giving, process }: PortLease): boolean {
  return state === 'held' && giving === 'number' && process === undefined
}
