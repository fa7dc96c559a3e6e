/**
 * The fronts of components that are replaced without a gap: for each of their ports one that stays the
 * same to others, and that sends traffic to the start that serves. Everything needed to go on after a
 * crash of whoever holds this is with the broker: which fronts there are, and which starts are active or
 * draining. A front is carried by a process of our own, or by a proxy that somebody else runs.
 */
import { listWords } from '../../contracts/document/describe-value.ts'
import { type CarriedFront, printCarrier } from '../../core/port/carried-front.ts'
import type { PortLease, ProcessIdentity } from '../../core/port/port-lease.ts'
import { transitionFor } from '../../core/port/port-transition.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import { Carried } from './carried.ts'
import type { Carriers } from './carriers.ts'
import { accessBy, type Forwarded, type FrontPlane } from './front-plane.ts'
import {
  backendOf,
  carriedOtherwise,
  FRONT_HOST,
  frontName,
  isFront,
  isStartOf,
  isThere,
  type KnownFront,
  ownerOfFront,
  rampOf,
  refused,
  unknownStart,
} from './known-front.ts'

/** What fronts stand on. */
export interface FrontsOptions {
  readonly broker: PortBroker
  readonly plane: FrontPlane
  /** The proxies that carry fronts. */
  readonly carriers: Carriers
  identify(pid: number): ProcessIdentity | undefined
  /** Told of what went wrong where nobody waits for an answer. */
  onTrouble(error: unknown): void
}

/** The longest that a client is let wait, whatever a contract says. @unit ms */
const WAIT_MOST_MS = 3_600_000

type Ports = Readonly<Record<string, number>>

/** Opens fronts, and moves traffic from one start of a component to the next. */
export class Fronts {
  readonly #options: FrontsOptions
  readonly #carried: Carried
  readonly #unfollow: () => void
  #tending: Promise<void> = Promise.resolve()
  #isTending = false
  #hasLeft = false
  #mustTendAgain = false
  /** Orders that move traffic now: what they do is not put right in between. */
  #moving = 0
  #closing = 0
  #toldAccess = ''
  /** How long clients wait at each front, as it was told. */
  readonly #waits = new Map<string, number | undefined>()

  constructor(options: FrontsOptions) {
    this.#options = options
    this.#carried = new Carried(options)
    this.#unfollow = options.broker.onChanged(() => this.#tendSoon())
  }

  /** Opens again what an earlier daemon had opened. */
  async takeUp(): Promise<void> {
    // Nothing is sent to where nobody, or somebody else, may listen by now.
    await this.#lookAt(this.#leases().filter((lease) => !isFront(lease)))
    for (const lease of this.#leases().filter(isFront)) {
      // One that cannot be opened must keep no other one shut.
      await this.#openPlane(lease).catch(this.#options.onTrouble)
    }
    this.#tendSoon()
    await this.#tellAccess()
  }

  /**
   * Opens a front for every port, or finds it open; answers with their numbers.
   *
   * @throws port-refused when a port cannot be had, or a proxy carries it
   * @throws data-plane-failed
   */
  async open(
    service: string,
    ports: Readonly<Record<string, Forwarded>>,
    ramp?: string,
  ): Promise<void> {
    const { broker } = this.#options
    const fronts = this.#frontsOf(service)
    const [carried] = fronts.flatMap((front) => front.carried ?? [])
    if (carried !== undefined) throw carriedOtherwise(service, printCarrier(carried.carrier))
    const known = new Map(fronts.map(({ owner, lease }) => [owner.port, lease?.owner]))
    const wishes = Object.entries(ports).map(([port, front]) => ({
      owner: known.get(port) ?? ownerOfFront(service, port, broker.enforced),
      giving: 'descriptor' as const,
      front,
      ...(ramp === undefined ? {} : { ramp }),
    }))
    const grant = await broker.claim(wishes)
    if (grant.verdict === 'refused') throw refused(service, grant.sentence)
    for (const lease of grant.leases) await this.#openPlane(lease)
  }

  /**
   * Opens a front that a proxy carries, or finds it open; nothing of ours listens there.
   *
   * @throws port-refused when it is another front's, or this one is carried otherwise
   * @throws data-plane-failed
   */
  async carry(front: CarriedFront): Promise<void> {
    const { service } = front
    const isOwn = this.#frontsOf(service).some(({ lease }) => lease !== undefined)
    if (isOwn) throw carriedOtherwise(service, 'a process of its own')
    await this.#carried.open(front)
    this.#tendSoon()
  }

  /** Where the fronts of a service are reached; no ports when it has none. */
  reached(service: string): { readonly host: string; readonly ports: Ports } {
    const fronts = this.#frontsOf(service)
    const ports = fronts.map(({ owner, lease, carried }) => [
      owner.port,
      lease?.claim.port ?? carried?.number ?? 0,
    ])
    const [host = FRONT_HOST] = fronts.flatMap(({ carried }) => carried?.host ?? [])
    return { host, ports: Object.fromEntries(ports) }
  }

  /** The starts that serve now. */
  serving(service: string): readonly string[] {
    const active = this.#frontsOf(service)
      .flatMap((front) => this.#startsOf(front))
      .filter(({ state }) => state === 'active')
    return [...new Set(active.flatMap(({ owner }) => owner.instance ?? []))].sort()
  }

  /** Sends what is new to exactly these starts, and nothing new to any other. Idempotent. */
  async switch(service: string, to: readonly string[]): Promise<void> {
    await this.#moveAt(service, async (front) => {
      // Who has died is no owner that drains.
      await this.#lookAt(this.#startsOf(front))
      const dead = to.find((start) => this.#leaseOf(front, start) === undefined)
      if (dead !== undefined) throw unknownStart(service, dead)
      await this.#routeExactly(front, to)
    })
  }

  /** Sends what is new to those of these starts that still run, and nothing new to any other. Idempotent. */
  async restore(service: string, to: readonly string[]): Promise<void> {
    await this.#moveAt(service, async (front) => {
      await this.#lookAt(this.#startsOf(front))
      await this.#routeExactly(front, to)
    })
  }

  /**
   * Sends what is new to who served before this start, and nothing any more to it; unless nobody else
   * did, at a front that an earlier ramp than this one opened. Idempotent.
   */
  async switchBack(service: string, from: string, ramp: string): Promise<void> {
    const { broker } = this.#options
    const isFirst = !this.isOfAnother(service, ramp)
    await this.#moveAt(service, async (front) => {
      const left = this.#leaseOf(front, from)
      const before = this.#startsOf(front).filter(
        ({ id, state }) => state === 'draining' && id !== left?.id,
      )
      for (const lease of before) await this.#route(front, lease)
      if (left === undefined || (before.length === 0 && !isFirst)) return
      await front.plane.drain(frontName(front), backendOf(left))
      if (left.state === 'active') await broker.move(left.id, 'draining', 'It is taken back.')
    })
  }

  /** Whether this ramp was not the one that opened its fronts: then it is not for it to close them. */
  isOfAnother(service: string, ramp: string): boolean {
    const ramps = this.#frontsOf(service).map(rampOf)
    return ramps.some((one) => one !== undefined && one !== ramp)
  }

  /** Whether traffic is sent to anybody. */
  async isRouted(service: string): Promise<boolean> {
    const all = this.#frontsOf(service).map((front) => front.plane.backends(frontName(front)))
    return (await Promise.all(all)).flat().some(({ state }) => state === 'routed')
  }

  /** What is under way at every other start than these; undefined when it cannot be told. */
  async inFlight(service: string, except: readonly string[]): Promise<number | undefined> {
    let count = 0
    for (const front of this.#frontsOf(service)) {
      const { plane } = front
      const spared = new Set(except.map((start) => this.#leaseOf(front, start)?.id))
      for (const backend of await plane.backends(frontName(front))) {
        if (spared.has(backend.id)) continue
        const here = await plane.inFlight(frontName(front), backend)
        if (here === undefined) return undefined
        count += here
      }
    }
    return count
  }

  /** Ends the fronts of a service and every connection there. Quiet when it has none. */
  async close(service: string): Promise<void> {
    const { broker } = this.#options
    await this.#moveAt(service, async (front) => {
      if (front.lease === undefined) await this.#carried.close(front)
      else await this.#closePlane(front)
      for (const { id, state } of this.#startsOf(front)) {
        if (state === 'active') await broker.move(id, 'draining', 'Its front was closed.')
      }
      if (front.lease !== undefined) await broker.release(front.lease.id, 'The front was closed.')
    })
  }

  /** Lets go; what carries traffic goes on. Idempotent. */
  async leave(): Promise<void> {
    this.#hasLeft = true
    this.#unfollow()
    await this.#tending
    this.#carried.leave()
  }

  async #openPlane(front: PortLease): Promise<void> {
    const { plane } = this.#options
    const { addresses, port } = front.claim
    const name = frontName(front)
    const mode = front.front ?? 'tcp'
    // Where no socket can be held, whoever carries it listens by itself.
    const leases = front.state === 'reserved' ? [] : [front.id]
    const wait = this.#waitOf(front)
    await plane.open({ name, mode, addresses, port, leases, ...wait })
    this.#waits.set(front.id, wait.waitMs)
    await this.#assign(front)
    for (const lease of this.#startsOf(front)) {
      if (lease.state === 'active') await plane.route(name, backendOf(lease))
      if (lease.state === 'draining') await plane.drain(name, backendOf(lease))
    }
  }

  /** What is tended to at this moment must not find the front gone in between. */
  async #closePlane(front: KnownFront): Promise<void> {
    this.#closing += 1
    try {
      await this.#tending
      await this.#options.plane.close(frontName(front))
    } finally {
      this.#closing -= 1
    }
  }

  /** While nobody serves, clients wait as long as a failover may take, where a contract says that. */
  #waitOf(front: PortLease): { readonly waitMs?: number } {
    const { broker } = this.#options
    const failover = transitionFor(front, 'failover', broker.enforced)
    return failover === undefined ? {} : { waitMs: Math.min(failover.deadlineMs, WAIT_MOST_MS) }
  }

  /** What the kernel says of them is recorded before anything is made of it. */
  async #lookAt(starts: readonly PortLease[]): Promise<void> {
    await this.#options.broker.lookNow(starts.map(({ id }) => id))
  }

  /** Whoever carries the front is who has its port. */
  async #assign(front: PortLease): Promise<void> {
    const { plane, broker, identify } = this.#options
    const pid = plane.pidOf(frontName(front))
    const identity = pid === undefined ? undefined : identify(pid)
    if (identity !== undefined) await broker.assign(front.id, identity)
  }

  async #route(front: KnownFront, start: PortLease): Promise<void> {
    const { broker } = this.#options
    const lease = await this.#looked(start)
    if (lease.state === 'assigned') {
      await broker.move(lease.id, 'ready', 'Its conditions are proved.')
    }
    await front.plane.route(frontName(front), backendOf(lease))
    await broker.move(lease.id, 'active', `Traffic of ${frontName(front)} is sent to it.`)
  }

  /** The lease, with where its process really listens; it may be one family alone. */
  async #looked(lease: PortLease): Promise<PortLease> {
    if (lease.servedAt !== undefined) return lease
    const { leases } = await this.#options.broker.story(lease.claim.port)
    return leases.find(({ id }) => id === lease.id) ?? lease
  }

  async #routeExactly(front: KnownFront, starts: readonly string[]): Promise<void> {
    const leases = starts.flatMap((start) => this.#leaseOf(front, start) ?? [])
    for (const lease of leases) await this.#route(front, lease)
    await this.#drainAllBut(
      front,
      leases.map(({ id }) => id),
    )
  }

  async #drainAllBut(front: KnownFront, ids: readonly string[]): Promise<void> {
    const { broker } = this.#options
    const { plane } = front
    const name = frontName(front)
    for (const backend of await plane.backends(name)) {
      if (ids.includes(backend.id)) continue
      await plane.drain(name, backend)
      const lease = this.#leases().find((one) => one.id === backend.id)
      if (lease?.state !== 'active') continue
      const others = ids.length === 0 ? 'nobody' : listWords(ids, 'and')
      await broker.move(lease.id, 'draining', `Traffic of ${name} is sent to ${others} instead.`)
    }
  }

  #tendSoon(): void {
    this.#mustTendAgain = true
    if (this.#isTending || this.#hasLeft) return
    this.#isTending = true
    this.#tending = this.#tendUntilDone()
  }

  /** What changes while it is tending is tended to as well; after a front was closed, anew. */
  async #tendUntilDone(): Promise<void> {
    const { onTrouble } = this.#options
    while (this.#mustTendAgain && this.#closing === 0) {
      this.#mustTendAgain = false
      await this.#tend().catch(onTrouble)
      if (this.#moving === 0) await this.#carried.tend().catch(onTrouble)
    }
    // In the same instant as the last look: whoever asks from now on must not be waited for.
    this.#isTending = false
    if (!this.#hasLeft) this.#carried.wake(() => this.#tendSoon())
  }

  /** Forgets starts that have ended, and says who carries a front that was carried by another one. */
  async #tend(): Promise<void> {
    const { plane } = this.#options
    await this.#tellAccess()
    for (const front of this.#leases().filter(isFront)) {
      const name = frontName(front)
      if (plane.pidOf(name) === undefined) continue
      if (front.state === 'held') await this.#assign(front)
      if (this.#waits.get(front.id) !== this.#waitOf(front).waitMs) await this.#openPlane(front)
      const alive = new Set(
        this.#startsOf(front)
          .filter(isThere)
          .map(({ id }) => id),
      )
      for (const backend of await plane.backends(name)) {
        if (!alive.has(backend.id)) await plane.remove(name, backend)
      }
    }
  }

  /** Who may come in at fronts, by the contracts in force and the processes that have ports. */
  async #tellAccess(): Promise<void> {
    const { plane, broker } = this.#options
    const access = accessBy(broker)
    const told = JSON.stringify(access)
    if (told === this.#toldAccess) return
    await plane.setAccess(access)
    this.#toldAccess = told
  }

  #leases(): readonly PortLease[] {
    return this.#options.broker.leases()
  }

  /** Moves traffic at every front of a service; afterwards all is put right where it is not. */
  async #moveAt(service: string, move: (front: KnownFront) => Promise<void>): Promise<void> {
    this.#moving += 1
    try {
      for (const front of this.#frontsOf(service)) await move(front)
    } finally {
      this.#moving -= 1
      if (this.#moving === 0 && !this.#hasLeft) this.#tendSoon()
    }
  }

  #frontsOf(service: string): readonly KnownFront[] {
    const { plane } = this.#options
    const own = this.#leases()
      .filter(isFront)
      .map((lease) => ({ owner: lease.owner, plane, lease }))
    return [...own, ...this.#carried.fronts()].filter(({ owner }) => owner.service === service)
  }

  #startsOf(front: Pick<KnownFront, 'owner'>): readonly PortLease[] {
    return this.#leases().filter((lease) => isStartOf(front, lease))
  }

  /** The lease of a start that has not ended. */
  #leaseOf(front: KnownFront, instance: string): PortLease | undefined {
    return this.#startsOf(front).find(
      ({ owner, state }) => owner.instance === instance && state !== 'cooling',
    )
  }
}
