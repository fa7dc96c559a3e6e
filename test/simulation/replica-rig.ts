/** Several replicas in one simulated world, started, stopped and killed by hand, nothing by chance. */
import type { Plan } from '../../src/core/plan/plan.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { EngineParts } from '../../src/engine/parts.ts'
import type { RampSettings } from '../../src/seams/settings.ts'
import { Faults } from './faults/faults.ts'
import { WatchedLedger } from './faults/watched-ledger.ts'
import { Life } from './life.ts'
import { Replicas } from './replicas.ts'
import { SECRET } from './secret.ts'
import { settle } from './settle.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { SimulatedRandom } from './simulated-random.ts'
import { SimulatedActuator } from './world/simulated-actuator.ts'
import { SimulatedExpressions } from './world/simulated-expressions.ts'
import { SimulatedProbe } from './world/simulated-probe.ts'
import { World } from './world/world.ts'

/** One of them. */
export interface Replica {
  readonly owner: string
  readonly engine: Engine
  readonly life: Life
}

/** All of them, and what they share. */
export class ReplicaRig {
  readonly clock: SimulatedClock = new SimulatedClock()
  readonly world: World = new World()
  readonly faults: Faults
  readonly replicas: Replicas
  readonly ledger: WatchedLedger
  readonly settings: Map<string, RampSettings> = new Map()
  readonly #parts: EngineParts

  constructor() {
    const { clock, world, settings } = this
    const random = new SimulatedRandom(1)
    this.faults = new Faults({ clock, random, only: [] })
    const { faults } = this
    this.replicas = new Replicas(clock, faults)
    this.ledger = new WatchedLedger({ leases: this.replicas.table })
    this.#parts = {
      clock,
      ledger: this.ledger,
      random: random.stream('engine'),
      probes: [new SimulatedProbe({ world, clock, faults })],
      actuators: [new SimulatedActuator({ world, clock, faults })],
      expressions: new SimulatedExpressions(),
      settings: {
        keep: async (ramp, kept) => void settings.set(ramp, kept),
        load: async (ramp) => settings.get(ramp),
      },
    }
  }

  /** Starts one more. */
  async start(
    instead: (parts: EngineParts) => Partial<EngineParts> = () => ({}),
  ): Promise<Replica> {
    const { owner, parts } = this.replicas.join(this.#parts, this.ledger)
    const life = new Life({ ...parts, ...instead(parts) })
    const engine = new Engine(life.parts)
    await this.wait(engine.start())
    return { owner, engine, life }
  }

  /** Opens a ramp at one of them. */
  open({ engine }: Replica, plan: Plan, next?: Plan): Promise<string> {
    const kept = { values: { password: SECRET }, secrets: ['password'], run: {} }
    const settings = next === undefined ? kept : { ...kept, next }
    return this.wait(engine.open({ plan, settings, by: 'proposer' }))
  }

  /** What a promise comes to, time going on meanwhile. */
  async wait<Value>(promise: Promise<Value>): Promise<Value> {
    let isSettled = false
    const noted = promise.finally(() => {
      isSettled = true
    })
    noted.catch(() => undefined)
    await settle()
    while (!isSettled && this.clock.step()) await settle()
    return noted
  }

  /** Lets time go by until something is so; whether it was within that time. */
  async until(isSo: () => boolean, withinMs = 60_000): Promise<boolean> {
    const byMs = this.clock.goneMs + withinMs
    await settle()
    while (!isSo()) {
      if (this.clock.goneMs > byMs || !this.clock.step()) return false
      await settle()
    }
    return true
  }

  /** Lets so much time go by. */
  async pass(ms: number): Promise<void> {
    const byMs = this.clock.goneMs + ms
    await this.until(() => this.clock.goneMs >= byMs, ms)
  }

  /** What the ledger holds of a ramp, by type. */
  typesOf(ramp: string): readonly string[] {
    return this.ledger.entriesOf(ramp).map(({ entry }) => entry.type)
  }
}
