/**
 * Ports as leases of the broker: recorded before anything is started with them, given to the process
 * that was started, and watched from then on. Between the lease and the start lie milliseconds, in
 * which no socket holds them: the process that is to listen could not while one did.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { isFault } from '../../core/fault/fault.ts'
import type { PortLease, ProcessIdentity } from '../../core/port/port-lease.ts'
import { isListenedTo } from '../../core/port/port-states.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import type {
  NoPorts,
  PortRequest,
  PortReservation,
  PortSource,
  PublishingContainer,
} from './port-source.ts'

/** How long a start may take until somebody has its ports: an engine may be slow. @unit ms */
const START_MS = 300_000

/** How long the kernel may take to show that a process is gone which has written its end. @unit ms */
const PROVED_MS = 2_000
const LOOK_MS = 5

/** What it leases by. */
export interface LeasedPortsOptions {
  readonly broker: Pick<
    PortBroker,
    'claim' | 'assign' | 'publish' | 'release' | 'leases' | 'lookNow'
  >
  /** Told of what went wrong where nobody waits for an answer. */
  onTrouble(error: unknown): void
}

/** Leases ports for components. */
export class LeasedPorts implements PortSource {
  readonly #broker: LeasedPortsOptions['broker']
  readonly #onTrouble: (error: unknown) => void

  constructor({ broker, onTrouble }: LeasedPortsOptions) {
    this.#broker = broker
    this.#onTrouble = onTrouble
  }

  async reserve(request: PortRequest): Promise<PortReservation | NoPorts> {
    const { subject: service, start, names, address } = request
    const instance = start === undefined ? {} : { instance: start }
    const where = address === undefined ? {} : { addresses: [address] }
    const wishes = names.map((port) => ({
      owner: { service, port, ...instance },
      isHeld: false,
      ttlMs: START_MS,
      ...where,
    }))
    if (wishes.length === 0) return this.#reservation([])
    try {
      const unproved = start === undefined ? undefined : await this.#unproved(request)
      if (unproved !== undefined) return notDead(unproved)
      const grant = await this.#broker.claim(wishes)
      return grant.verdict === 'granted' ? this.#reservation(grant.leases) : grant
    } catch (error) {
      if (!isFault(error, 'ports-unavailable')) throw error
      return { sentence: error.message }
    }
  }

  took(subject: string, ports: Readonly<Record<string, number>>, process: ProcessIdentity): void {
    for (const { id } of this.#leasesOn(subject, ports)) {
      this.#broker.assign(id, process).catch(this.#onTrouble)
    }
  }

  published(
    subject: string,
    ports: Readonly<Record<string, number>>,
    { inside = {}, ...container }: PublishingContainer,
  ): void {
    for (const { id, owner } of this.#leasesOn(subject, ports)) {
      const port = inside[owner.port]
      const published = { ...container, ...(port === undefined ? {} : { port }) }
      this.#broker.publish(id, published).catch(this.#onTrouble)
    }
  }

  died(subject: string): void {
    const ids = this.#leasesOf(subject).map(({ id }) => id)
    this.#broker.lookNow(ids).catch(this.#onTrouble)
  }

  ended(subject: string): void {
    for (const { id } of this.#leasesOf(subject)) {
      this.#release(id, 'Nothing of its component runs any more.')
    }
  }

  /**
   * The lease of a start that has ended and whose death is not proved: until it is, by that very process
   * being gone and nothing of it listening, nobody takes its place.
   */
  async #unproved({ subject, beside = [] }: PortRequest): Promise<PortLease | undefined> {
    const untilMs = performance.now() + PROVED_MS
    for (;;) {
      const ended = this.#leasesOf(subject).filter(
        ({ owner, process }) => process !== undefined && !beside.includes(owner.instance ?? ''),
      )
      const now = await this.#broker.lookNow(ended.map(({ id }) => id))
      const unproved = now.find(({ state }) => isListenedTo(state) || state === 'orphaned')
      if (unproved === undefined || performance.now() > untilMs) return unproved
      await delay(LOOK_MS)
    }
  }

  /** Its leases of these very ports that have not ended. */
  #leasesOn(subject: string, ports: Readonly<Record<string, number>>): readonly PortLease[] {
    return this.#leasesOf(subject).filter(
      ({ owner, claim, state }) => ports[owner.port] === claim.port && state !== 'cooling',
    )
  }

  #leasesOf(subject: string): readonly PortLease[] {
    const isOwn = ({ owner, front }: PortLease): boolean =>
      owner.service === subject && front === undefined
    return this.#broker.leases().filter(isOwn)
  }

  #reservation(leases: readonly PortLease[]): PortReservation {
    const ids = new Set(leases.map(({ id }) => id))
    return {
      ports: Object.fromEntries(leases.map(({ owner, claim }) => [owner.port, claim.port])),
      release: () => {
        for (const { id, process, container } of this.#broker.leases()) {
          if (!ids.has(id) || process !== undefined || container !== undefined) continue
          this.#release(id, 'No process was started with it.')
        }
      },
    }
  }

  #release(id: string, because: string): void {
    this.#broker.release(id, because).catch(this.#onTrouble)
  }
}

function notDead({ claim, process, owner, because }: PortLease): NoPorts {
  const who = `process ${process?.pid ?? '?'} of start ${owner.instance ?? '?'}`
  const sentence = `${claim.port} is still ${who}, whose death is not proved: ${because}`
  return { reason: 'not-proved-dead', sentence }
}
