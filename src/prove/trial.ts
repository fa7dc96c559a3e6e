/**
 * A throw-away copy of an environment: its own workspace and daemon, its own processes and ports, every
 * condition asked often. Whoever opens one closes it; nothing is left then.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { resolveTemplates } from '../contracts/expression/resolve-templates.ts'
import { type AnyContract, aimContract, parseContracts, planContract } from '../contracts/index.ts'
import { present } from '../core/fault/assert.ts'
import { Fault } from '../core/fault/fault.ts'
import type { Plan, Stage } from '../core/plan/plan.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Json, JsonObject } from '../core/units/json.ts'
import type { RampartClient } from '../server/client/client.ts'
import type { BrokenPromise, ComponentView } from '../server/wire.ts'

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
}

/** How often to look at what is watched. @unit ms */
const LOOK_MS = 25

/** How often conditions are asked: much more often than anybody would in earnest. */
const EVERY = '200ms'

/** A copy of an environment. */
export class Trial {
  readonly plan: Plan
  readonly #options: TrialOptions
  readonly #document: Json
  readonly #aim: { readonly target?: string }

  constructor(options: TrialOptions) {
    this.#options = options
    this.#document = eagerly(options.contract.document)
    const { contracts } = parseContracts([{ path: 'contract', value: this.#document }])
    const contract = present(contracts[0], 'a contract that is asked more often is still one')
    this.#aim = options.target === undefined ? {} : { target: options.target }
    this.plan = planContract(contract, { goal: 'watch', ...this.#aim })
  }

  /** Brings it up and waits until every promise is watched and kept. Returns how the ramp ended. */
  async up(): Promise<RampState> {
    const state = await this.#ramp('up')
    if (state.ended?.outcome === 'reached') await this.untilKept(60_000)
    return state
  }

  /** Takes it down. */
  async down(): Promise<RampState> {
    return await this.#ramp('down')
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
      await delay(LOOK_MS)
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
      await delay(LOOK_MS)
    }
  }

  /** The stages that keep a process running. */
  running(): readonly Stage[] {
    return this.plan.stages.filter((stage) => stage.command !== undefined)
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

  /** A condition's input as it is asked now, every template resolved. */
  async inputOf(stage: string, condition: string): Promise<JsonObject> {
    const found = this.plan.stages.find(({ name }) => name === stage)
    const question = found?.conditions.find(({ name }) => name === condition)?.question
    const input = question?.ask === 'probe' ? question.input : {}
    const resolved = resolveTemplates(input, await this.#scopeOf(found))
    if (!resolved.ok) throw unresolved(`${stage}/${condition}`, resolved.problem.sentence)
    return resolved.value as JsonObject
  }

  async #ramp(goal: 'up' | 'down'): Promise<RampState> {
    const { client, directory, settings, by } = this.#options
    const contract = this.#document
    const ramp = await client.openRamp({
      contract,
      directory,
      goal,
      ...this.#aim,
      settings,
      by,
    })
    for await (const event of client.stream(ramp)) {
      if (event.type === 'entry' && event.recorded.entry.type === 'ramp.held') break
    }
    return (await client.ramp(ramp)).state
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
      run: { directory: this.#options.directory },
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
  const { ready } = component
  return Array.isArray(ready) ? { ...component, ready: ready.map(eagerCondition) } : component
}

function eagerCondition(condition: Json): Json {
  const { watch, every, ...rest } = condition as JsonObject
  return { ...rest, every: { watch: EVERY } }
}

function unresolved(subject: string, hint: string): Fault {
  return new Fault({ code: 'unit-malformed', operation: 'resolve the condition', subject, hint })
}
