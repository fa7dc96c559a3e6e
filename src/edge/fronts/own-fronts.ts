/**
 * The fronts that processes of our own carry, each at a port that is leased: opened as the lease says, and
 * the lease told who carries it and whether that process lets anybody in.
 */
import type { PortLease, ProcessIdentity } from '../../core/port/port-lease.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import { type FrontPlane, waitAt } from './front-plane.ts'
import { backendOf, frontName, isThere, shutFront } from './known-front.ts'
import { asOpened } from './opened-front.ts'

/** What they stand on. */
export interface OwnFrontsOptions {
  readonly broker: PortBroker
  readonly plane: FrontPlane
  identify(pid: number): ProcessIdentity | undefined
}

/** Told where a front's starts are, as they are at that moment. */
type StartsOf = (front: PortLease) => readonly PortLease[]

/** Those fronts. */
export class OwnFronts {
  readonly #options: OwnFrontsOptions
  readonly #startsOf: StartsOf
  /** How long clients wait at each, as it was told. */
  readonly #waits = new Map<string, number | undefined>()

  constructor(options: OwnFrontsOptions, startsOf: StartsOf) {
    this.#options = options
    this.#startsOf = startsOf
  }

  /** Opens one with all that is behind it, or finds it open; it may be shut. @throws data-plane-failed */
  async open(front: PortLease): Promise<void> {
    const { plane, broker } = this.#options
    const name = frontName(front)
    const wait = waitAt(front, broker)
    await plane.open({ ...asOpened(front), ...wait })
    this.#waits.set(front.id, wait.waitMs)
    await this.#assign(front)
    for (const lease of this.#startsOf(front)) {
      if (lease.state === 'active') await plane.route(name, backendOf(lease))
      if (lease.state === 'draining') await plane.drain(name, backendOf(lease))
    }
  }

  /** Nothing, where clients are let in. @throws certificate-unusable */
  assertOpen(front: PortLease): void {
    const why = this.#options.plane.shutBecause(frontName(front))
    if (why !== undefined) throw shutFront(front.owner.service, why)
  }

  /** Forgets starts that have ended, and says who carries it where that, or what it lets in, has changed. */
  async tend(front: PortLease): Promise<void> {
    const { plane, broker } = this.#options
    const name = frontName(front)
    if (plane.pidOf(name) === undefined) return
    if (front.state === 'held') await this.#assign(front)
    else if (front.process !== undefined) await broker.shut(front.id, plane.shutBecause(name))
    const { waitMs } = waitAt(front, broker)
    if (this.#waits.get(front.id) !== waitMs) await this.open(front)
    const alive = new Set(
      this.#startsOf(front)
        .filter(isThere)
        .map(({ id }) => id),
    )
    for (const backend of await plane.backends(name)) {
      if (!alive.has(backend.id)) await plane.remove(name, backend)
    }
  }

  /** Whoever carries the front is who has its port. */
  async #assign(front: PortLease): Promise<void> {
    const { plane, broker, identify } = this.#options
    const name = frontName(front)
    const pid = plane.pidOf(name)
    const identity = pid === undefined ? undefined : identify(pid)
    if (identity === undefined) return
    await broker.assign(front.id, identity)
    await broker.shut(front.id, plane.shutBecause(name))
  }
}
