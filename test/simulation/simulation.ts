/**
 * One simulated run: the unchanged engine in a world made from a seed. Time goes from one due instant
 * to the next; everything by chance comes from the seed; the same seed gives the same ledger.
 */

import { isFault } from '../../src/core/fault/fault.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { EngineParts } from '../../src/engine/parts.ts'
import type { Saying } from '../../src/engine/speaking.ts'
import type { Order } from '../../src/seams/actuator.ts'
import type { Recorded } from '../../src/seams/ledger.ts'
import type { RampSettings } from '../../src/seams/settings.ts'
import { closeAll, comeToAnEnd, comeToRest } from './bring-to-end.ts'
import { checkLedger, GrowthChecker } from './checkers/ledger-checker.ts'
import { checkOrder, checkUndone, checkWorld } from './checkers/world-checker.ts'
import { type FaultName, Faults } from './faults/faults.ts'
import { FaultyLedger } from './faults/faulty-ledger.ts'
import { WatchedLedger } from './faults/watched-ledger.ts'
import { Life } from './life.ts'
import { scheduleMischief } from './mischief.ts'
import { PROPOSER } from './people.ts'
import { randomPlan } from './random-plan.ts'
import { Replicas } from './replicas.ts'
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

/** The most steps of one run: hours of watching, when the clock has stepped back by one. */
const STEPS_MOST = 200_000

/** What one run is made from. */
export interface RunOptions {
  readonly seed: number
  /** Just these faults, not a random subset. */
  readonly faults?: readonly FaultName[]
  /** These faults besides. */
  readonly also?: readonly FaultName[]
  /** These plans, not random ones. */
  readonly plans?: readonly Plan[]
  /** Whether its plans may wait for as long as it takes: for people, for a day to be over. */
  readonly mayWait?: boolean
  /** The most that limits of these plans may come to. */
  readonly ceilings?: Readonly<Record<string, number>>
  /** Breaks an engine's parts, to see whether it is noticed. */
  readonly mutate?: (parts: EngineParts) => EngineParts
  /** Whether the ledger refuses appends by leases that are another's. @default true */
  readonly fences?: boolean
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
  readonly ledger: WatchedLedger
  /** Absent: every engine takes itself for the only one. */
  readonly replicas: Replicas | undefined
  readonly standings: Standings
  readonly violations: string[] = []
  /** Engines, the dead ones included. */
  readonly lives: { readonly life: Life; readonly engine: Engine }[] = []
  readonly #options: RunOptions
  readonly #parts: EngineParts
  readonly #growth = new GrowthChecker()
  /** What is opened by itself once a plan has reached its goal. */
  readonly #next = new Map<Plan, Plan>()
  /** Openings that somebody has not given up yet. */
  opening = 0
  #steps = 0

  constructor(options: RunOptions) {
    this.#options = options
    this.random = new SimulatedRandom(options.seed)
    const { clock, random, world } = this
    for (const [limit, ceiling] of Object.entries(options.ceilings ?? {})) {
      world.ceilings.set(limit, ceiling)
    }
    this.faults = new Faults({ clock, random, only: options.faults, also: options.also })
    const isShared = this.faults.switchedOn.has('replicas')
    const replicas = isShared ? new Replicas(clock, this.faults) : undefined
    this.replicas = replicas
    const isFenced = replicas !== undefined && options.fences !== false
    this.ledger = new WatchedLedger(isFenced ? { leases: replicas.table } : {})
    this.standings = new Standings(this.ledger)
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

  /** The engines alive that are not stopped. */
  running(): readonly { readonly life: Life; readonly engine: Engine }[] {
    return this.alive().filter(({ life }) => !life.isStopped)
  }

  /** Starts one more engine on the same ledger. */
  async startEngine(): Promise<Engine> {
    const joined = this.replicas?.join(this.#parts, this.ledger)
    const ledger = this.#faultyLedger(() => life.isAlive, joined?.owner)
    const parts = { ...this.#parts, ...joined?.parts, ledger }
    const life: Life = new Life(this.#options.mutate?.(parts) ?? parts)
    const engine = new Engine(life.parts)
    this.lives.push({ life, engine })
    const run = new Map<string, number>()
    // Whoever lost a ramp and took it up again repeats what had no answer.
    engine.events.on('ownership.lost', () => run.clear())
    engine.events.on('engine.failed', ({ error }) => {
      this.violations.push(`an engine failed: ${describe(error)}`)
    })
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

  #faultyLedger(isWriterAlive: () => boolean, owner: string | undefined): FaultyLedger {
    const { ledger: below, clock, faults } = this
    const faulty = new FaultyLedger({ below, clock, faults, isWriterAlive })
    faulty.onWritten = (append) => {
      if (owner !== undefined) this.replicas?.sawAppend(owner, append)
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
    if (this.alive().length > 0 && this.replicas === undefined) return
    const atMs = this.clock.nowMs() + this.faults.between(1, 5_000)
    this.clock.wakeAt(atMs, () => {
      if (this.alive().length < (this.replicas === undefined ? 1 : 2)) void this.startEngine()
    })
  }

  /** Opens a ramp, trying again while the ledger is out of order. */
  async open(plan: Plan): Promise<void> {
    this.opening++
    await this.#open(plan, 20)
    this.opening--
  }

  async #open(plan: Plan, tries: number): Promise<void> {
    const { engine, life } = this.#someone() ?? {}
    const next = this.#next.get(plan)
    const kept = { values: { password: SECRET }, secrets: ['password'], run: {} }
    const settings = next === undefined ? kept : { ...kept, next }
    try {
      // Whoever asks an engine that is killed meanwhile is not answered.
      const ramp = await Promise.race([engine?.open({ plan, settings, by: PROPOSER }), life?.death])
      const isThere = ramp === undefined || this.ledger.entriesOf(ramp).length > 0
      if (!isThere) this.violations.push(`${ramp} is said to be open and is not in the ledger`)
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

  /** Whom somebody asks: the first engine, or any replica. */
  #someone(): { readonly life: Life; readonly engine: Engine } | undefined {
    if (this.replicas === undefined) return this.alive()[0]
    const running = this.running()
    return running[this.faults.between(0, 7) % Math.max(1, running.length)]
  }

  /** Says a word to any replica, whichever runs the ramp, and checks what is said to come of it. */
  async speak(saying: Saying): Promise<void> {
    const { engine } = this.#someone() ?? {}
    try {
      const spoken = await engine?.speak(saying)
      if (spoken === undefined) return
      const entry = this.ledger.entriesOf(saying.ramp)[spoken.sequence - 1]?.entry
      const isThere = entry?.type === 'word.spoken' && entry.by === saying.by
      if (!isThere) this.violations.push(`a word to ${saying.ramp} is not where it is said to be`)
    } catch (error) {
      if (!isFault(error)) this.violations.push(`speaking failed: ${describe(error)}`)
    }
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
      ...(this.replicas?.checker.violations ?? []),
    )
    const steps = this.#steps
    const { seed } = this.#options
    return { seed, violations, entries: ledger.all, faults: faults.switchedOn, steps }
  }

  async #run(): Promise<void> {
    const engines = this.replicas === undefined ? 1 : this.faults.between(2, 3)
    for (let count = 0; count < engines; count++) void this.startEngine()
    await settle()
    const plans = this.#options.plans ?? this.#randomPlans()
    const openings = this.random.stream('openings')
    for (const plan of plans) {
      const atMs = this.clock.nowMs() + openings.between(0, 8_000)
      this.clock.wakeAt(atMs, () => void this.open(plan))
    }
    scheduleMischief(this, plans)
    await this.until(() => this.clock.goneMs >= this.faults.untilMs)
    await comeToRest(this, this.#options)
    await comeToAnEnd(this)
    await closeAll(this)
    this.#growth.look(this.ledger.all)
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

  /** Whether whatever has reached its goal is followed by what was to follow. */
  isFollowed(): boolean {
    const all = this.standings.all()
    return [...this.#next.keys()].every(({ contract, goal }) => {
      const latest = all.findLast((standing) => standing.name === contract.name)
      return latest?.hasReached !== goal
    })
  }

  /** Lets time go on until something is so; however long that takes, but not too many steps. */
  async until(isReached: () => boolean): Promise<void> {
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
