/** Faults by swarm: each run switches on a random subset, and all of them stop at a given time. */
import type { SimulatedClock } from '../simulated-clock.ts'
import type { RandomStream, SimulatedRandom } from '../simulated-random.ts'

/** Everything that can be made to go wrong. */
export const FAULT_NAMES = [
  'probe-lies',
  'probe-hangs',
  'probe-hangs-for-good',
  'probe-errs',
  'probe-is-unsure',
  'thing-flaps',
  'thing-crashes',
  'weather-changes',
  'actuator-fails',
  'actuator-half-applies',
  'actuator-does-nothing',
  'actuator-hangs',
  'actuator-is-late',
  'actuator-delivers-twice',
  'ledger-loses-before',
  'ledger-loses-after',
  'ledger-conflicts',
  'ledger-is-slow',
  'ledger-is-unreadable',
  'engine-crashes',
  'engine-crashes-after-record',
  'clock-steps-back',
  'two-engines',
  'words',
  'replicas',
  'replicas-stop',
  'leases-fail',
  'leases-are-slow',
  'letters-go-astray',
] as const

/** The name of something that can go wrong. */
export type FaultName = (typeof FAULT_NAMES)[number]

/** Faults that came later, drawn apart so that what a seed once found it still finds. */
const LATER: ReadonlySet<FaultName> = new Set<FaultName>([
  'replicas',
  'replicas-stop',
  'leases-fail',
  'leases-are-slow',
  'letters-go-astray',
])

/** How likely each fault is in one run. @unit percent */
const SWARM_PERCENT = 30

/** The faults of one run. */
export class Faults {
  readonly switchedOn: ReadonlySet<FaultName>
  /** From when on nothing goes wrong any more. @unit ms gone by */
  readonly untilMs: number
  readonly #clock: SimulatedClock
  readonly #chance: RandomStream

  constructor(options: {
    readonly clock: SimulatedClock
    readonly random: SimulatedRandom
    readonly only?: readonly FaultName[] | undefined
    readonly also?: readonly FaultName[] | undefined
  }) {
    const swarm = options.random.stream('swarm')
    const later = options.random.stream('later-swarm')
    const drawn = FAULT_NAMES.filter((name) =>
      (LATER.has(name) ? later : swarm).chance(SWARM_PERCENT),
    )
    this.switchedOn = new Set([...(options.only ?? drawn), ...(options.also ?? [])])
    this.untilMs = swarm.between(20_000, 90_000)
    this.#clock = options.clock
    this.#chance = options.random.stream('faults')
  }

  /** Whether a fault may strike by now. */
  has(name: FaultName): boolean {
    return this.switchedOn.has(name) && this.#clock.goneMs < this.untilMs
  }

  /** Whether a fault strikes now, in so many of a hundred cases. */
  strikes(name: FaultName, percent: number): boolean {
    return this.has(name) && this.#chance.chance(percent)
  }

  /** How long something takes. @unit ms */
  between(least: number, most: number): number {
    return this.#chance.between(least, most)
  }
}
