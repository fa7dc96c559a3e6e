/**
 * The fronts that proxies carry: opened where the proxy can do what is asked and nobody else's servers
 * are, told again what they should have when they have forgotten, as HAProxy does by a reload, and rid
 * of starts that have ended. A proxy is often others' too: what is under way is never cut off here.
 */
import { type CarriedFront, isSameCarrier, printCarrier } from '../../core/port/carried-front.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import type { Timer } from '../../seams/clock.ts'
import type { RoutedBackend } from '../../seams/data-plane.ts'
import { pause } from '../../seams/pause.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import type { Carriers } from './carriers.ts'
import {
  backendOf,
  carriedOtherwise,
  frontName,
  isStartOf,
  isThere,
  type KnownFront,
  refused,
} from './known-front.ts'

/** How often proxies are looked at: that is how long one may have forgotten everything. @unit ms */
const LOOK_MS = 1_000

/** How long the end of a front waits for what is under way there, and how often it looks. @unit ms */
const CLOSE_MS = 10_000
const PAUSE_MS = 50

/** What it is made with. */
export interface CarriedOptions {
  readonly broker: PortBroker
  readonly carriers: Carriers
  onTrouble(error: unknown): void
}

/** Keeps proxies as the leases are. */
export class Carried {
  readonly #options: CarriedOptions
  /** Those of whose silence was told. */
  readonly #silent = new Set<string>()
  #timer: Timer | undefined

  constructor(options: CarriedOptions) {
    this.#options = options
  }

  /** All of them. */
  fronts(): readonly KnownFront[] {
    const { broker, carriers } = this.#options
    return broker.carried.all().map((carried) => {
      const { service, port } = carried
      return { owner: { service, port }, plane: carriers.planeOf(carried), carried }
    })
  }

  /**
   * Opens one, or finds it open.
   *
   * @throws port-refused when the place is another front's, or the front is carried otherwise
   * @throws data-plane-failed
   */
  async open(front: CarriedFront): Promise<void> {
    const { broker, carriers } = this.#options
    const { service, port, carrier } = front
    const isSame = (one: CarriedFront): boolean => one.service === service && one.port === port
    const known = broker.carried.all().find(isSame)
    if (known !== undefined && !isSameCarrier(known.carrier, carrier)) {
      throw carriedOtherwise(service, printCarrier(known.carrier))
    }
    const other = broker.carried.all().find((one) => isSameCarrier(one.carrier, carrier))
    if (other !== undefined && !isSame(other)) {
      const place = printCarrier(carrier)
      throw refused(
        service,
        `${place}, is that of ${frontName({ owner: other })}; name another one.`,
      )
    }
    await carriers.check(front)
    await broker.carried.open(known?.ramp === undefined ? front : { ...front, ramp: known.ramp })
  }

  /** Ends one: its proxy has no server for it any more. */
  async close(front: KnownFront): Promise<void> {
    const { plane, owner } = front
    const name = frontName(front)
    const backends = await plane.backends(name)
    for (const backend of backends) await plane.drain(name, backend)
    await plane.letWait?.(name, false)
    const untilMs = performance.now() + CLOSE_MS
    while (performance.now() < untilMs && !(await this.#removeIdle(front, backends))) {
      await pause(this.#options.carriers.clock, PAUSE_MS)
    }
    await this.#options.broker.carried.close(owner.service, owner.port)
  }

  /** Makes every proxy have what it should; soon again, for as long as there is one. */
  async tend(): Promise<void> {
    this.#timer?.cancel()
    for (const front of this.fronts()) {
      const name = frontName(front)
      try {
        await this.#tendTo(front)
        this.#silent.delete(name)
      } catch (error) {
        // Of a proxy that is down is told once, until it is there again.
        if (!this.#silent.has(name)) this.#options.onTrouble(error)
        this.#silent.add(name)
      }
    }
  }

  /** Calls back when it is time to tend again; never without any such front. */
  wake(then: () => void): void {
    this.#timer?.cancel()
    if (this.#options.broker.carried.all().length === 0) return
    const { clock } = this.#options.carriers
    this.#timer = clock.wakeAt(clock.nowMs() + LOOK_MS, then)
  }

  /** Tends no more; what proxies have they keep. Idempotent. */
  leave(): void {
    this.#timer?.cancel()
  }

  async #tendTo(front: KnownFront): Promise<void> {
    const { plane } = front
    const name = frontName(front)
    const starts = this.#options.broker.leases().filter((lease) => isStartOf(front, lease))
    const there = await plane.backends(name)
    for (const lease of starts) await this.#putRight(front, lease, there)
    // Before who has died is taken out: in between whoever comes would be turned away.
    await plane.letWait?.(name, !starts.some(({ state }) => state === 'active'))
    const alive = new Set(starts.filter(isThere).map(({ id }) => id))
    const gone = there.filter(({ id }) => !alive.has(id))
    for (const backend of gone) await plane.drain(name, backend)
    await this.#removeIdle(front, gone)
  }

  async #putRight(
    front: KnownFront,
    lease: PortLease,
    there: readonly RoutedBackend[],
  ): Promise<void> {
    const name = frontName(front)
    const state = there.find(({ id }) => id === lease.id)?.state
    if (lease.state === 'active' && state !== 'routed') {
      await front.plane.route(name, backendOf(lease))
    }
    if (lease.state === 'draining' && state === 'routed') {
      await front.plane.drain(name, backendOf(lease))
    }
  }

  /** @returns whether none of them is left */
  async #removeIdle(front: KnownFront, backends: readonly RoutedBackend[]): Promise<boolean> {
    const name = frontName(front)
    let left = 0
    for (const backend of backends) {
      if ((await front.plane.inFlight(name, backend)) === 0) {
        await front.plane.remove(name, backend)
      } else left += 1
    }
    return left === 0
  }
}
