/**
 * Ports as leases of the broker: recorded before anything is started with them, given to the process
 * that was started, and watched from then on. Between the lease and the start lie milliseconds, in
 * which no socket holds them: the process that is to listen could not while one did.
 */
import { isFault } from '../../core/fault/fault.ts'
import type { PortLease, ProcessIdentity } from '../../core/port/port-lease.ts'
import type { PortBroker, PublishedContainer } from '../../seams/port-broker.ts'
import type { NoPorts, PortRequest, PortReservation, PortSource } from './port-source.ts'

/** What it leases by. */
export interface LeasedPortsOptions {
  readonly broker: Pick<PortBroker, 'claim' | 'assign' | 'publish' | 'release' | 'leases'>
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
    const { subject: service, start, names } = request
    const instance = start === undefined ? {} : { instance: start }
    const wishes = names.map((port) => ({ owner: { service, port, ...instance }, isHeld: false }))
    if (wishes.length === 0) return this.#reservation([])
    try {
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
    container: PublishedContainer,
  ): void {
    for (const { id } of this.#leasesOn(subject, ports)) {
      this.#broker.publish(id, container).catch(this.#onTrouble)
    }
  }

  ended(subject: string): void {
    for (const { id } of this.#leasesOf(subject)) {
      this.#release(id, 'Nothing of its component runs any more.')
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
