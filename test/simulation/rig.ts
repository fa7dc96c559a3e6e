/** A rig: one engine in the simulated world, driven by hand, nothing by chance. */
import type { Entry, Word } from '../../src/core/entry/entry.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { RampState } from '../../src/core/ramp/state.ts'
import { digestOf } from '../../src/core/units/digest.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { EngineParts } from '../../src/engine/parts.ts'
import { Faults } from './faults/faults.ts'
import { WatchedLedger } from './faults/watched-ledger.ts'
import { Life } from './life.ts'
import { SECRET } from './secret.ts'
import { settle } from './settle.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { SimulatedRandom } from './simulated-random.ts'
import { SimulatedActuator } from './world/simulated-actuator.ts'
import { SimulatedExpressions } from './world/simulated-expressions.ts'
import { SimulatedProbe } from './world/simulated-probe.ts'
import { World } from './world/world.ts'

/** One engine and all around it. */
export class Rig {
  readonly clock: SimulatedClock = new SimulatedClock()
  readonly ledger: WatchedLedger = new WatchedLedger()
  readonly world: World = new World()
  /** Parts that the next engine is given instead of the ordinary ones. */
  readonly parts: EngineParts
  /** How many entries are left out of what is told: those of ramps that only prepare. */
  from = 0
  #life: Life | undefined
  #engine: Engine | undefined

  constructor(instead: (rig: Rig) => Partial<EngineParts> = () => ({})) {
    const { clock, ledger, world } = this
    const random = new SimulatedRandom(1)
    const faults = new Faults({ clock, random, only: [] })
    const kept = new Map()
    this.parts = {
      clock,
      ledger,
      random: random.stream('engine'),
      probes: [new SimulatedProbe({ world, clock, faults })],
      actuators: [new SimulatedActuator({ world, clock, faults })],
      expressions: new SimulatedExpressions(),
      settings: {
        keep: async (ramp, settings) => void kept.set(ramp, settings),
        load: async (ramp) => kept.get(ramp),
      },
    }
    this.parts = { ...this.parts, ...instead(this) }
  }

  /** The engine alive. */
  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('no engine is started')
    return this.#engine
  }

  /** How many timers the engine has set. */
  get timers(): number {
    return this.#life?.timers ?? 0
  }

  /** Starts an engine; the one before is dead. */
  async start(): Promise<void> {
    this.kill()
    this.#life = new Life(this.parts)
    this.#engine = new Engine(this.#life.parts)
    await this.wait(this.#engine.start())
  }

  /** As kill -9. */
  kill(): void {
    this.#life?.kill()
  }

  /** Opens a ramp, starting an engine if there is none. */
  async open(plan: Plan): Promise<string> {
    if (this.#engine === undefined) await this.start()
    const settings = { values: { password: SECRET }, secrets: ['password'], run: {} }
    return this.wait(this.engine.open({ plan, settings, by: 'proposer' }))
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

  /** Lets so much time go by. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.clock.goneMs + ms
    this.clock.wakeAt(this.clock.nowMs() + ms, () => undefined)
    await settle()
    while (this.clock.goneMs < untilMs && this.clock.step()) await settle()
    await settle()
  }

  /** Lets time go by until something has happened, an hour at most; whether it has. */
  async until(what: string): Promise<boolean> {
    const byMs = this.clock.goneMs + 3_600_000
    await settle()
    while (!this.happened().includes(what)) {
      if (this.clock.goneMs > byMs || !this.clock.step()) return false
      await settle()
    }
    return true
  }

  /** Says a word to a ramp. */
  say(ramp: string, word: Word, by = 'operator'): void {
    this.engine.say(ramp, by, word)
  }

  /** Approves a condition of a ramp. */
  approve(ramp: string, at: string, by: string, as: string): void {
    const [stage = '', condition = ''] = at.split(':')
    const { plan } = this.state(ramp)
    this.say(ramp, { say: 'approve', stage, condition, digest: digestOf(plan), as }, by)
  }

  /** A ramp that is under way, as it stands. */
  state(ramp: string): RampState {
    const found = this.engine.underWay().find((state) => state.ramp === ramp)
    if (found === undefined) throw new Error(`${ramp} is not under way`)
    return found
  }

  /** Every entry so far. */
  entries(): readonly Entry[] {
    return this.ledger.all.slice(this.from).map((recorded) => recorded.entry)
  }

  /** What was decided, in words: `stage.ready db`, `ramp.ended reached`. */
  happened(): readonly string[] {
    return this.entries().flatMap((entry) => {
      if (entry.type === 'ramp.ended') return [`ramp.ended ${entry.outcome}`]
      if (entry.type === 'ramp.held' || entry.type === 'ramp.undoing') {
        return [`${entry.type} ${entry.cause.condition ?? entry.cause.reason}`]
      }
      return 'stage' in entry && entry.type.startsWith('stage.')
        ? [`${entry.type} ${entry.stage}`]
        : []
    })
  }

  /** When something first happened, in time since the ramp was opened. @unit ms */
  atMs(what: string): number {
    const place = this.happened().indexOf(what)
    const told = this.entries().filter((entry) => this.#isTold(entry))
    return (told[place]?.atMs ?? Number.NaN) - (this.entries()[0]?.atMs ?? 0)
  }

  #isTold(entry: Entry): boolean {
    const isRamp = ['ramp.ended', 'ramp.held', 'ramp.undoing'].includes(entry.type)
    return isRamp || entry.type.startsWith('stage.')
  }
}
