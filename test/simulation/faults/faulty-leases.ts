/** Leases whose store is slow, and is out of order before or after it has done what was asked. */
import { Fault } from '../../../src/core/fault/fault.ts'
import type { Lease, Leases } from '../../../src/seams/leases.ts'
import type { SimulatedClock } from '../simulated-clock.ts'
import type { Faults } from './faults.ts'

/** Puts faults between an engine and its leases. */
export class FaultyLeases implements Leases {
  readonly lifetimeMs: number
  readonly #below: Leases
  readonly #clock: SimulatedClock
  readonly #faults: Faults

  constructor(options: {
    readonly below: Leases
    readonly clock: SimulatedClock
    readonly faults: Faults
  }) {
    this.lifetimeMs = options.below.lifetimeMs
    this.#below = options.below
    this.#clock = options.clock
    this.#faults = options.faults
  }

  take(subject: string): Promise<Lease | undefined> {
    return this.#badly(10, () => this.#below.take(subject))
  }

  begin(): Promise<void> {
    return this.#badly(10, () => this.#below.begin())
  }

  renew(): Promise<boolean> {
    return this.#badly(40, () => this.#below.renew())
  }

  end(): Promise<void> {
    return this.#badly(20, () => this.#below.end())
  }

  release(lease: Lease): Promise<void> {
    return this.#badly(20, () => this.#below.release(lease))
  }

  holder(subject: string): Promise<Lease | undefined> {
    return this.#badly(10, () => this.#below.holder(subject))
  }

  holders(): Promise<readonly Lease[]> {
    return this.#badly(10, () => this.#below.holders())
  }

  close(): Promise<void> {
    return this.#below.close()
  }

  async #badly<Value>(percent: number, ask: () => Promise<Value>): Promise<Value> {
    const faults = this.#faults
    if (faults.strikes('leases-are-slow', 30)) await this.#clock.pause(faults.between(1, 12_000))
    if (faults.strikes('leases-fail', percent)) throw fault()
    const answer = await ask()
    if (faults.strikes('leases-are-slow', 15)) await this.#clock.pause(faults.between(1, 12_000))
    if (faults.strikes('leases-fail', percent / 2)) throw fault()
    return answer
  }
}

function fault(): Fault {
  const hint = 'it is simulated.'
  return new Fault({ code: 'store-unavailable', operation: 'use leases', subject: 'leases', hint })
}
