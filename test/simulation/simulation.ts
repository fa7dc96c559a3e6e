/**
 * One simulated run: the unchanged engine in a world made from a seed. Time goes from one due instant
 * to the next; everything by chance comes from the seed; the same seed gives the same ledger.
 */

import type { Plan } from '../../src/core/plan/plan.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { EngineParts } from '../../src/engine/parts.ts'
import type { Order } from '../../src/seams/actuator.ts'
import type { Recorded } from '../../src/seams/ledger.ts'
import type { RampSettings } from '../../src/seams/settings.ts'
import { checkLedger, GrowthChecker } from './checkers/ledger-checker.ts'
import { checkOrder, checkUndone, checkWorld } from './checkers/world-checker.ts'
import { type FaultName, Faults } from './faults/faults.ts'
import { FaultyLedger } from './faults/faulty-ledger.ts'
import { WatchedLedger } from './faults/watched-ledger.ts'
import { Life } from './life.ts'
import { scheduleMischief } from './mischief.ts'
import { PROPOSER } from './people.ts'
import { randomPlan } from './random-plan.ts'
import { SECRET } from './secret.ts'
import { settle } from './settle.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { SimulatedRandom } from './simulated-random.ts'
import { Standings } from './standings.ts'
import { watchPlan } from './watch-plan.ts'
import { SimulatedActuator } from './world/simulated-actuator.ts'
import { SimulatedExpressions } from './world/simulated-expressions.ts'
import { SimulatedProbe } from './world/simulated-probe.ts'
import { World } from './world/world.ts'

/** The longest that ramps may go on, without holding, once faults have stopped. @unit ms */
const REST_WITHIN_MS = 7_200_000
/** How long it may take until what follows a ramp is opened. @unit ms */
const FOLLOWED_WITHIN_MS = 60_000

/** The longest that undoing may take once faults have stopped. @unit ms */
const END_WITHIN_MS = 600_000
/** The most steps of one run: hours of watching, when the clock has stepped back by one. */
const STEPS_MOST = 200_000

/** What one run is made from. */
export interface RunOptions {
  readonly seed: number
  /** Just these faults, not a random subset. */
  readonly faults?: readonly FaultName[]
  /** These plans, not random ones. */
  readonly plans?: readonly Plan[]
  /** Whether its plans may wait for as long as it takes: for people, for a day to be over. */
  readonly mayWait?: boolean
  /** The most that limits of these plans may come to. */
  readonly ceilings?: Readonly<Record<string, number>>
  /** Breaks an engine's parts, to see whether it is noticed. */
  readonly mutate?: (parts: EngineParts) => EngineParts
  /** Whether to decide every batch again. @default true */
  readonly replays?: boolean
}

/** What became of one run. */
export interface RunResult {
  readonly seed: number
  /** What must never happen and did. */
  readonly violations: readonly string[]
  readonly entries: readonly Recorded[]
  readonly faults: ReadonlySet<FaultName>
  readonly steps: number
}

/** One run, with all there is in it. */
export class Simulation {
  readonly clock: SimulatedClock = new SimulatedClock()
  readonly random: SimulatedRandom
  readonly faults: Faults
  readonly world: World = new World()
  readonly ledger: WatchedLedger = new WatchedLedger()
  readonly standings: Standings = new Standings(this.ledger)
  readonly violations: string[] = []
  /** Engines, the dead ones included. */
  readonly lives: { readonly life: Life; readonly engine: Engine }[] = []
  readonly #options: RunOptions
  readonly #parts: EngineParts
  readonly #growth = new GrowthChecker()
  /** What is opened by itself once a plan has reached its goal. */
  readonly #next = new Map<Plan, Plan>()
  /** Openings that somebody has not given up yet. */
  #opening = 0
  #steps = 0

  constructor(options: RunOptions) {
    this.#options = options
    this.random = new SimulatedRandom(options.seed)
    const { clock, random, world } = this
    for (const [limit, ceiling] of Object.entries(options.ceilings ?? {})) {
      world.ceilings.set(limit, ceiling)
    }
    this.faults = new Faults({ clock, random, only: options.faults })
    const { faults } = this
    const actuator = new SimulatedActuator({ world, clock, faults })
    actuator.onOrder = (order) => this.#onOrder(order)
    const kept = new Map<string, RampSettings>()
    this.#parts = {
      clock,
      random: random.stream('engine'),
      ledger: this.ledger,
      probes: [new SimulatedProbe({ world, clock, faults })],
      actuators: [actuator],
      expressions: new SimulatedExpressions(),
      settings: {
        keep: async (ramp, settings) => void kept.set(ramp, settings),
        load: async (ramp) => kept.get(ramp),
      },
    }
  }

  /** The engines alive. */
  alive(): readonly { readonly life: Life; readonly engine: Engine }[] {
    return this.lives.filter(({ life }) => life.isAlive)
  }

  /** Starts one more engine on the same ledger. */
  async startEngine(): Promise<Engine> {
    const parts = { ...this.#parts, ledger: this.#faultyLedger(() => life.isAlive) }
    const life: Life = new Life(this.#options.mutate?.(parts) ?? parts)
    const engine = new Engine(life.parts)
    this.lives.push({ life, engine })
    const run = new Map<string, number>()
    engine.events.on('command.run', ({ command }) => {
      const times = (run.get(command.id) ?? 0) + 1
      run.set(command.id, times)
      if (times > 1) this.violations.push(`one engine ran ${command.id} ${times} times`)
    })
    engine.events.on('loop.failed', ({ ramp, error }) => {
      this.violations.push(`the loop of ${ramp} failed: ${describe(error)}`)
    })
    try {
      await engine.start()
    } catch (error) {
      if (!life.isAlive) return engine
      life.kill()
      await this.clock.pause(200)
      if (this.alive().length === 0) return this.startEngine()
      void error
    }
    return engine
  }

  #faultyLedger(isWriterAlive: () => boolean): FaultyLedger {
    const { ledger: below, clock, faults } = this
    const faulty = new FaultyLedger({ below, clock, faults, isWriterAlive })
    faulty.onWritten = () => {
      if (faults.strikes('engine-crashes-after-record', 3)) this.crash()
    }
    return faulty
  }

  /** Kills one engine; when none is left, one starts again after a while. */
  crash(): void {
    const { life } =
      this.alive()[this.faults.between(0, 7) % Math.max(1, this.alive().length)] ?? {}
    if (life === undefined) return
    life.kill()
    if (this.alive().length > 0) return
    const atMs = this.clock.nowMs() + this.faults.between(1, 5_000)
    this.clock.wakeAt(atMs, () => {
      if (this.alive().length === 0) void this.startEngine()
    })
  }

  /** Opens a ramp, trying again while the ledger is out of order. */
  async open(plan: Plan): Promise<void> {
    this.#opening++
    await this.#open(plan, 20)
    this.#opening--
  }

  async #open(plan: Plan, tries: number): Promise<void> {
    const { engine } = this.alive()[0] ?? {}
    const next = this.#next.get(plan)
    const kept = { values: { password: SECRET }, secrets: ['password'], run: {} }
    const settings = next === undefined ? kept : { ...kept, next }
    try {
      await engine?.open({ plan, settings, by: PROPOSER })
    } catch {
      // It is a fault or a busy subject: somebody tries again, or has done so already.
    }
    const subject = plan.contract.name
    const isOpen = this.standings.all().some((standing) => standing.name === subject)
    if (isOpen || tries === 0) return
    await this.clock.pause(this.faults.between(500, 5_000))
    if (!this.standings.all().some(({ name }) => name === subject))
      await this.#open(plan, tries - 1)
  }

  /** Runs to the end and says what was wrong. */
  async run(): Promise<RunResult> {
    const collect = (error: unknown): void =>
      void this.violations.push(`nobody caught: ${describe(error)}`)
    process.on('unhandledRejection', collect)
    try {
      await this.#run()
    } finally {
      process.off('unhandledRejection', collect)
    }
    const replays = this.#options.replays ?? true
    const { violations, ledger, faults } = this
    violations.push(
      ...this.#growth.violations,
      ...checkLedger(ledger.all, { secret: SECRET, replays }),
      ...checkWorld(this.world),
      ...checkUndone(this.world, ledger.all),
    )
    const steps = this.#steps
    const { seed } = this.#options
    return { seed, violations, entries: ledger.all, faults: faults.switchedOn, steps }
  }

  async #run(): Promise<void> {
    void this.startEngine()
    await settle()
    const plans = this.#options.plans ?? this.#randomPlans()
    const openings = this.random.stream('openings')
    for (const plan of plans) {
      const atMs = this.clock.nowMs() + openings.between(0, 8_000)
      this.clock.wakeAt(atMs, () => void this.open(plan))
    }
    scheduleMischief(this, plans)
    await this.#until(() => this.clock.goneMs >= this.faults.untilMs)
    await this.#comeToRest()
    await this.#comeToAnEnd()
    await this.#closeAll()
  }

  #randomPlans(): readonly Plan[] {
    const chance = this.random.stream('plans')
    const watching = this.random.stream('watching')
    const names = ['alpha', 'beta', 'gamma'].slice(0, chance.pick([1, 1, 2, 2, 3]))
    const { world } = this
    return names.map((name) => {
      const others = names.filter((other) => other !== name)
      const plan = randomPlan(chance, { name, others, world })
      if (watching.chance(35)) this.#next.set(plan, watchPlan(watching, plan))
      return plan
    })
  }

  /** Once faults have stopped, every ramp must end, or hold with a reason. */
  async #comeToRest(): Promise<void> {
    // Of two engines on one ledger, one may not know what the other has done, and that it is gone: it
    // does no harm, but only an engine that has read the ledger can be held to finishing.
    if (this.faults.switchedOn.has('two-engines')) for (const { life } of this.alive()) life.kill()
    if (this.alive().length === 0) void this.startEngine()
    const { mayWait = false } = this.#options
    const byMs = this.clock.goneMs + (mayWait ? END_WITHIN_MS : REST_WITHIN_MS)
    // Who is still trying to open a ramp may succeed long after all others are at rest.
    const isAtRest = (): boolean => this.#opening === 0 && this.standings.areAtRest()
    await this.#until(() => isAtRest() || this.clock.goneMs > byMs)
    await settle()
    if (mayWait) return
    for (const standing of this.standings.all()) {
      if (standing.is !== 'moving' || standing.isEndless) continue
      this.violations.push(`${standing.ramp} neither ends nor holds once faults have stopped`)
    }
  }

  /** A ramp that holds can always be brought to an end: undone, or else abandoned. */
  async #comeToAnEnd(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      // What follows a ramp may still be on its way, and then has no end of its own.
      const followedMs = this.clock.goneMs + FOLLOWED_WITHIN_MS
      await this.#until(() => this.#isFollowed() || this.clock.goneMs > followedMs)
      const held = this.standings.all().filter((standing) => standing.is !== 'ended')
      if (held.length === 0) return
      for (const { ramp } of held) this.#end(ramp, round)
      const byMs = this.clock.goneMs + END_WITHIN_MS
      const isOver = (): boolean => this.standings.all().every(({ is }) => is === 'ended')
      await this.#until(() => isOver() || this.clock.goneMs > byMs)
    }
    for (const { ramp, is } of this.standings.all()) {
      if (is !== 'ended') this.violations.push(`${ramp} cannot be brought to an end`)
    }
  }

  /** Whether whatever has reached its goal is followed by what was to follow. */
  #isFollowed(): boolean {
    const all = this.standings.all()
    return [...this.#next.keys()].every(({ contract, goal }) => {
      const latest = all.findLast((standing) => standing.name === contract.name)
      return latest?.hasReached !== goal
    })
  }

  #end(ramp: string, round: number): void {
    const why = 'the run is over'
    for (const { engine } of this.alive()) {
      if (!engine.underWay().some((state) => state.ramp === ramp)) continue
      const undo = { say: 'abort', undo: true, why } as const
      const refusal = engine.say(ramp, 'operator', round < 3 ? undo : { ...undo, undo: false })
      if (refusal?.reason === 'already-undoing')
        engine.say(ramp, 'operator', { say: 'resume', why })
      if (refusal?.reason === 'past-pivot') engine.say(ramp, 'operator', { ...undo, undo: false })
      return
    }
  }

  /** Nothing is left set on the clock by an engine whose ramps have ended, and closing it comes to an end. */
  async #closeAll(): Promise<void> {
    const byMs = this.clock.goneMs + REST_WITHIN_MS
    const timers = (): number => this.alive().reduce((sum, { life }) => sum + life.timers, 0)
    const isIdle = (): boolean =>
      timers() === 0 && this.alive().every(({ engine }) => engine.underWay().length === 0)
    await this.#until(() => isIdle() || this.clock.goneMs > byMs)
    if (timers() > 0) this.violations.push(`${timers()} timers are left after every ramp has ended`)
    for (const { engine } of this.alive()) {
      const left = engine.underWay().map((state) => state.ramp)
      if (left.length > 0) this.violations.push(`${left.join(', ')} under way after the end`)
      let isClosed = false
      void engine.close().then(() => {
        isClosed = true
      })
      await this.#until(() => isClosed)
      if (!isClosed) this.violations.push('an engine does not close')
    }
    this.#growth.look(this.ledger.all)
  }

  async #until(isReached: () => boolean): Promise<void> {
    for (;;) {
      await settle()
      this.standings.look()
      if (isReached()) return
      if (this.#steps % 64 === 0) this.#growth.look(this.ledger.all)
      if (++this.#steps > STEPS_MOST) {
        this.violations.push(`it does not come to rest within ${STEPS_MOST} steps`)
        return
      }
      try {
        if (!this.clock.step()) return
      } catch (error) {
        this.violations.push(`a timer threw: ${describe(error)}`)
      }
    }
  }

  #onOrder(order: Order): void {
    this.violations.push(...checkOrder(order, this.ledger.entriesOf(order.ramp)))
  }
}

/** Runs one seed. */
export function simulate(options: RunOptions): Promise<RunResult> {
  return new Simulation(options).run()
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
