/**
 * The fronts of components that are replaced without a gap: for each of their ports one that stays the
 * same to others, and that sends traffic to the start that serves. Everything needed to go on after a
 * crash of whoever holds this is with the broker: which fronts there are, and which starts are active or
 * draining. A front is carried by a process of our own, or by a proxy that somebody else runs.
 */
import { listWords } from '../../contracts/document/describe-value.ts'
import { type CarriedFront, printCarrier } from '../../core/port/carried-front.ts'
import {
  type OwnParting,
  type Parting,
  printParting,
  type Underway,
} from '../../core/port/parting.ts'
import type { PortLease, ProcessIdentity } from '../../core/port/port-lease.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import { AccessTeller, type KnownClients } from './access-teller.ts'
import { Carried } from './carried.ts'
import type { Carriers } from './carriers.ts'
import { type ChangeOfHands, latenessOf, partingIn } from './change-of-hands.ts'
import type { Forwarded, FrontPlane } from './front-plane.ts'
import {
  backendOf,
  carriedOtherwise,
  FRONT_HOST,
  frontName,
  hostOfFront,
  isFront,
  isStartOf,
  type KnownFront,
  ownerOfFront,
  rampOf,
  refused,
  tooLate,
  unknownStart,
} from './known-front.ts'
import { checkOpened, type OpenedHow } from './opened-front.ts'
import { OwnFronts } from './own-fronts.ts'
import { IdleSince, together } from './underway.ts'

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

type Ports = Readonly<Record<string, number>>

/** Opens fronts, and moves traffic from one start of a component to the next. */
export class Fronts {
  readonly #options: FrontsOptions
  readonly #own: OwnFronts
  readonly #carried: Carried
  readonly #idle: IdleSince
  readonly #access: AccessTeller
  readonly #unfollow: (() => void)[]
  #tending: Promise<void> = Promise.resolve()
  #isTending = false
  #hasLeft = false
  #mustTendAgain = false
  /** Orders that move traffic now: what they do is not put right in between. */
  #moving = 0
  #closing = 0

  constructor(options: FrontsOptions) {
    this.#options = options
    this.#own = new OwnFronts(options, (front) => this.#startsOf(front))
    this.#carried = new Carried(options)
    this.#access = new AccessTeller(options)
    this.#idle = new IdleSince(options.carriers.clock)
    const { broker, plane } = options
    this.#unfollow = [broker, plane].map((one) => one.onChanged(() => this.#tendSoon()))
  }

  /**
   * Opens again what an earlier daemon had opened.
   *
   * @param clients who is let in besides those that have ports, as the rules say @default nobody
   */
  async takeUp(clients?: KnownClients): Promise<void> {
    if (clients !== undefined) this.#know(clients)
    // Before any is open, so that no front is told to let in everybody, nor to keep out who was known.
    await this.#access.tell()
    // Nothing is sent to where nobody, or somebody else, may listen by now.
    await this.#lookAt(this.#leases().filter((lease) => !isFront(lease)))
    for (const lease of this.#leases().filter(isFront)) {
      // One that cannot be opened must keep no other one shut.
      await this.#own.open(lease).catch(this.#options.onTrouble)
    }
    this.#tendSoon()
    await this.#access.tell()
  }

  /**
   * Opens a front for every port, or finds it open; answers with their numbers.
   *
   * @throws port-refused when a port cannot be had, or is open in another way
   * @throws data-plane-failed, certificate-unusable
   */
  async open(
    service: string,
    ports: Readonly<Record<string, Forwarded>>,
    how: OpenedHow = {},
  ): Promise<void> {
    const { broker, carriers } = this.#options
    const fronts = this.#frontsOf(service)
    const [carried] = fronts.flatMap((front) => front.carried ?? [])
    if (carried !== undefined) throw carriedOtherwise(service, printCarrier(carried.carrier))
    checkOpened(service, fronts, { how, nowMs: carriers.clock.nowMs() })
    const known = new Map(fronts.map(({ owner, lease }) => [owner.port, lease?.owner]))
    const wishes = Object.entries(ports).map(([port, front]) => ({
      owner: known.get(port) ?? ownerOfFront(service, port, broker.enforced),
      giving: 'descriptor' as const,
      front,
      ...how,
    }))
    const grant = await broker.claim(wishes)
    if (grant.verdict === 'refused') throw refused(service, grant.sentence)
    for (const lease of grant.leases) await this.#own.open(lease)
    for (const lease of grant.leases) this.#own.assertOpen(lease)
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
    const [host = FRONT_HOST] = fronts.flatMap(hostOfFront)
    return { host, ports: Object.fromEntries(ports) }
  }

  /** The starts that serve now. */
  serving(service: string): readonly string[] {
    const active = this.#frontsOf(service)
      .flatMap((front) => this.#startsOf(front))
      .filter(({ state }) => state === 'active')
    return [...new Set(active.flatMap(({ owner }) => owner.instance ?? []))].sort()
  }

  /**
   * Sends what is new to exactly these starts, and nothing new to any other. Idempotent.
   *
   * @param own what the component says of how others part with their ports
   * @throws port-refused when a rule of its contract gives less time than it took
   */
  async switch(service: string, to: readonly string[], own: OwnParting = {}): Promise<void> {
    await this.#moveAt(service, async (front) => {
      // Who has died is no owner that drains.
      await this.#lookAt(this.#startsOf(front))
      const dead = to.find((start) => this.#leaseOf(front, start) === undefined)
      if (dead !== undefined) throw unknownStart(service, dead)
      const change = this.#changeAt(front, to, own)
      const late = latenessOf(change)
      if (late !== undefined) throw tooLate(service, late)
      await this.#routeExactly(front, change)
    })
  }

  /** Sends what is new to those of these starts that still run, and nothing new to any other. Idempotent. */
  async restore(service: string, to: readonly string[]): Promise<void> {
    await this.#moveAt(service, async (front) => {
      await this.#lookAt(this.#startsOf(front))
      await this.#routeExactly(front, this.#changeAt(front, to, {}))
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

  /** What is under way at every other start than these. */
  async inFlight(service: string, except: readonly string[]): Promise<Underway> {
    const all = this.#frontsOf(service).map(async (front) => {
      const spared = new Set(except.map((start) => this.#leaseOf(front, start)?.id))
      return await this.#idle.at(front, this.#leases(), spared)
    })
    return together((await Promise.all(all)).flat())
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
    for (const unfollow of this.#unfollow) unfollow()
    await this.#tending
    await this.#access.idle()
    this.#carried.leave()
  }

  #know(clients: KnownClients): void {
    this.#access.know(clients)
    const tell = (): void => void this.#access.tell().catch(this.#options.onTrouble)
    this.#unfollow.push(clients.components.onRunning(tell))
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

  /** What the kernel says of them is recorded before anything is made of it. */
  async #lookAt(starts: readonly PortLease[]): Promise<void> {
    await this.#options.broker.lookNow(starts.map(({ id }) => id))
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

  /** Traffic of a front that these starts are to have from now on. */
  #changeAt(front: KnownFront, to: readonly string[], own: OwnParting): ChangeOfHands {
    const { broker, carriers } = this.#options
    const before = this.#startsOf(front).filter(({ state }) => state === 'active')
    const after = to.flatMap((start) => this.#leaseOf(front, start) ?? [])
    return { before, after, own, enforced: broker.enforced, nowMs: carriers.clock.nowMs() }
  }

  async #routeExactly(front: KnownFront, change: ChangeOfHands): Promise<void> {
    for (const lease of change.after) await this.#route(front, lease)
    await this.#drainAllBut(front, change)
  }

  async #drainAllBut(front: KnownFront, change: ChangeOfHands): Promise<void> {
    const { plane } = front
    const name = frontName(front)
    const ids = change.after.map(({ id }) => id)
    for (const backend of await plane.backends(name)) {
      if (ids.includes(backend.id)) continue
      await plane.drain(name, backend)
      const lease = this.#leases().find((one) => one.id === backend.id)
      if (lease?.state !== 'active') continue
      const others = ids.length === 0 ? 'nobody' : listWords(ids, 'and')
      const because = `Traffic of ${name} is sent to ${others} instead.`
      await this.#part(lease, because, partingIn(change, lease))
    }
  }

  async #part({ id }: PortLease, because: string, parting: Parting | undefined): Promise<void> {
    const { broker } = this.#options
    if (parting === undefined) await broker.move(id, 'draining', because)
    else await broker.part(id, `${because} ${printParting(parting)}`, parting)
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
    await this.#access.tell()
    this.#idle.keep(this.#leases())
    for (const front of this.#leases().filter(isFront)) await this.#own.tend(front)
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
