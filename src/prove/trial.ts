/**
 * A throw-away copy of an environment: its own workspace and daemon, its own processes and ports, every
 * condition asked often. Whoever opens one closes it; nothing is left then.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { resolveTemplates } from '../contracts/expression/resolve-templates.ts'
import { type AnyContract, aimContract, parseContracts, planContract } from '../contracts/index.ts'
import { present } from '../core/fault/assert.ts'
import type { Plan, Stage } from '../core/plan/plan.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Json, JsonObject } from '../core/units/json.ts'
import type { RampartClient } from '../server/client/client.ts'
import type { BrokenPromise, ComponentView, LeftoversView } from '../server/wire.ts'
import { signalAll } from './signal-all.ts'

/** What a trial is opened with. */
export interface TrialOptions {
  readonly client: RampartClient
  readonly contract: AnyContract
  /** Which of its targets; absent where it has none. */
  readonly target?: string
  readonly directory: string
  /** Values that were given for the contract's settings, by name. */
  readonly settings: Readonly<Record<string, string>>
  readonly by: string
  /** The folder of its daemon. */
  readonly workspace: string
  /** Aborted when nothing more is to be waited for, but what clears it away. */
  readonly signal: AbortSignal
}

/** How long what was killed may take to be gone. @unit ms */
const GONE_MS = 10_000

/** A condition's input, or why it cannot be told. */
export type Input =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly why: string }

/** How often to look at what is watched. @unit ms */
const LOOK_MS = 25

/** How often conditions are asked: much more often than anybody would in earnest. */
const EVERY = '200ms'

/** A copy of an environment. */
export class Trial {
  readonly plan: Plan
  readonly #options: TrialOptions
  readonly #document: Json
  #latest: string | undefined
  readonly #aim: { readonly target?: string }

  constructor(options: TrialOptions) {
    this.#options = options
    this.#document = eagerly(options.contract.document)
    const { contracts } = parseContracts([{ path: 'contract', value: this.#document }])
    const contract = present(contracts[0], 'a contract that is asked more often is still one')
    this.#aim = options.target === undefined ? {} : { target: options.target }
    this.plan = planContract(contract, { goal: 'watch', ...this.#aim })
  }

  /** The folders that are its own, or that it shares with nobody but the environment itself. */
  get folders(): readonly string[] {
    return [this.#options.directory, this.#options.workspace]
  }

  /** Brings it up and waits until every promise is watched and kept. Returns how the ramp ended. */
  async up(): Promise<RampState> {
    const { signal } = this.#options
    const state = await this.#follow(await this.#open('up'), signal)
    signal.throwIfAborted()
    if (state.ended?.outcome === 'reached') await this.untilKept(60_000)
    return state
  }

  /**
   * Takes it down, whatever was under way, and kills what does not go by itself.
   *
   * @returns what is left all the same
   */
  async clearAway(): Promise<LeftoversView['processes']> {
    await this.#giveUp(this.#latest)
    await this.#follow(await this.#open('down'))
    await this.#giveUp(this.#latest)
    const { client } = this.#options
    const untilMs = performance.now() + GONE_MS
    for (;;) {
      const { processes } = await client.leftovers()
      if (processes.length === 0 || performance.now() >= untilMs) return processes
      const pids = processes.map(({ pid }) => pid)
      signalAll(pids, 'SIGKILL')
      await delay(LOOK_MS)
    }
  }

  /** The promises that are broken now. */
  async broken(): Promise<readonly BrokenPromise[]> {
    const [environment] = await this.#options.client.environments()
    return environment?.watch?.broken ?? []
  }

  /**
   * Looks again and again until `isEnough`, or until the time is over. Returns the last look.
   *
   * @unit ms of `withinMs`
   */
  async lookUntil(
    isEnough: (broken: readonly BrokenPromise[]) => boolean,
    withinMs: number,
  ): Promise<readonly BrokenPromise[]> {
    const untilMs = performance.now() + withinMs
    for (;;) {
      const broken = await this.broken()
      if (isEnough(broken) || performance.now() >= untilMs) return broken
      await this.#pause()
    }
  }

  /** Waits until every promise is proved and kept. Returns those that are not in time. */
  async untilKept(withinMs: number): Promise<readonly BrokenPromise[]> {
    const untilMs = performance.now() + withinMs
    for (;;) {
      const [environment] = await this.#options.client.environments()
      const { watch } = environment ?? {}
      const state = watch && (await this.#options.client.ramp(watch.ramp)).state
      const isProved = state?.stages.every(({ phase }) => phase === 'ready') === true
      if (isProved && watch?.broken.length === 0) return []
      if (performance.now() >= untilMs) return watch?.broken ?? []
      await this.#pause()
    }
  }

  /** The stages that keep a process of this machine running. */
  running(): readonly Stage[] {
    return this.plan.stages.filter(({ command }) => command?.actuator === 'process')
  }

  /** The ports that processes of the copy listen on. */
  async listeningPorts(): Promise<readonly number[]> {
    const { ports } = await this.#options.client.leftovers()
    return ports.map(({ port }) => port)
  }

  /** Every process of a stage, children and grandchildren too. */
  async pidsOf(stage: string): Promise<readonly number[]> {
    const { processes } = await this.#options.client.leftovers()
    const subject = `${this.plan.contract.name}/${stage}`
    return processes.filter((process) => process.subject === subject).map(({ pid }) => pid)
  }

  /** The ports of a stage, by name. */
  async portsOf(stage: string): Promise<Readonly<Record<string, number>>> {
    return (await this.#view(stage))?.ports ?? {}
  }

  /** A condition's input as it is asked now, every template resolved; or why it cannot be told. */
  async inputOf(stage: string, condition: string): Promise<Input> {
    const found = this.plan.stages.find(({ name }) => name === stage)
    const question = found?.conditions.find(({ name }) => name === condition)?.question
    const input = question?.ask === 'probe' ? question.input : {}
    const resolved = resolveTemplates(input, await this.#scopeOf(found))
    return resolved.ok
      ? { ok: true, value: resolved.value as JsonObject }
      : { ok: false, why: resolved.problem.sentence }
  }

  #pause(): Promise<void> {
    return delay(LOOK_MS, undefined, { signal: this.#options.signal })
  }

  async #open(goal: 'up' | 'down'): Promise<string> {
    const { client, directory, settings, by } = this.#options
    const contract = this.#document
    this.#latest = await client.openRamp({
      contract,
      directory,
      goal,
      ...this.#aim,
      settings,
      by,
    })
    return this.#latest
  }

  /** Waits until a ramp ends or holds. */
  async #follow(ramp: string, signal?: AbortSignal): Promise<RampState> {
    const { client } = this.#options
    for await (const event of client.stream(ramp, signal === undefined ? {} : { signal })) {
      if (event.type === 'entry' && event.recorded.entry.type === 'ramp.held') break
    }
    return (await client.ramp(ramp)).state
  }

  /** Ends a ramp where it stands, if it goes on or holds. */
  async #giveUp(ramp: string | undefined): Promise<void> {
    const { client, by } = this.#options
    if (ramp === undefined || (await client.ramp(ramp)).state.ended !== undefined) return
    await client.say(ramp, by, { say: 'abort', undo: false, why: 'the proof is over' })
  }

  async #view(stage: string): Promise<ComponentView | undefined> {
    const [environment] = await this.#options.client.environments()
    const subject = `${this.plan.contract.name}/${stage}`
    return environment?.components.findLast((one) => one.subject === subject)
  }

  async #scopeOf(stage: Stage | undefined): Promise<Parameters<typeof resolveTemplates>[1]> {
    const [environment] = await this.#options.client.environments()
    const own = `${this.plan.contract.name}/`
    const group = stage?.group
    const components: Record<string, JsonObject> = {}
    for (const { subject, ports } of environment?.components ?? []) {
      const name = subject.slice(own.length)
      const outputs = { host: '127.0.0.1', ports }
      components[name] = outputs
      if (group !== undefined && name.startsWith(`${group}/`)) {
        components[name.slice(group.length + 1)] = outputs
      }
    }
    const self = components[stage?.name ?? '']
    return {
      components,
      ...(self === undefined ? {} : { self }),
      ...(group === undefined ? {} : { region: { name: group } }),
      settings: this.#settingsOf(group),
      run: { directory: this.#options.directory, workspace: this.#options.workspace },
    }
  }

  #settingsOf(group: string | undefined): JsonObject {
    const { contract, settings: given } = this.#options
    const { settings, regions } = aimContract(contract, this.#aim.target).definition
    const values: Record<string, Json> = {}
    for (const { name, default: fallback } of settings) {
      const value = given[name] ?? fallback
      if (value !== undefined) values[name] = value
    }
    const region = regions.find(({ name }) => name === group)
    for (const { name, default: fallback } of region?.settings ?? []) {
      const value = given[`${group}/${name}`] ?? fallback
      if (value !== undefined) values[name] = value
    }
    return values
  }
}

/** The same contract, watched, with every condition asked often and none let go. */
function eagerly(document: Json): Json {
  const { spec, ...rest } = document as JsonObject & { readonly spec: JsonObject }
  const components = Object.entries((spec['components'] ?? {}) as JsonObject).map(
    ([name, component]) => [name, eagerComponent(component as JsonObject)],
  )
  const agree = Array.isArray(spec['agree']) ? { agree: spec['agree'].map(eagerCondition) } : {}
  const watch = { every: EVERY, onBreach: 'record' }
  const eager = { ...spec, ...targetsOf(spec), ...agree, watch }
  return { ...rest, spec: { ...eager, components: Object.fromEntries(components) } }
}

/** Targets that say nothing of how they are watched. */
function targetsOf(spec: JsonObject): JsonObject {
  const targets = spec['targets']
  if (targets === undefined) return {}
  const plain = Object.entries(targets as JsonObject).map(([name, target]) => {
    const { watch, ...rest } = target as JsonObject
    return [name, rest] as const
  })
  return { targets: Object.fromEntries(plain) }
}

function eagerComponent(component: JsonObject): JsonObject {
  // A copy has nothing to be emptied of, and must not stay because it is not empty.
  const { ready, drain, ...rest } = component
  return Array.isArray(ready) ? { ...rest, ready: ready.map(eagerCondition) } : rest
}

function eagerCondition(condition: Json): Json {
  const { watch, every, ...rest } = condition as JsonObject
  return { ...rest, every: { watch: EVERY } }
}
