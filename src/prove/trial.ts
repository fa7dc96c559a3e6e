/**
 * A throw-away copy of an environment: its own workspace and daemon, its own processes and ports, every
 * condition asked often. Whoever opens one closes it; nothing is left then.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { seenByFronts } from '../contracts/environment/roll.ts'
import { valuesOfSettings, valuesWithin } from '../contracts/environment/setting-values.ts'
import type { Scope } from '../contracts/expression/evaluate.ts'
import { resolveTemplates } from '../contracts/expression/resolve-templates.ts'
import { fromOutside } from '../contracts/from-outside.ts'
import { type AnyContract, aimContract, parseContracts, planContract } from '../contracts/index.ts'
import { present } from '../core/fault/assert.ts'
import type { Plan, Stage } from '../core/plan/plan.ts'
import { outputsFor } from '../core/ramp/scope.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Json, JsonObject } from '../core/units/json.ts'
import type { RampartClient } from '../server/client/client.ts'
import type { BrokenPromise, ComponentView, LeftoversView } from '../server/wire.ts'
import type { Authority } from './certificate.ts'
import type { CopiedContainers } from './copied-containers.ts'
import { killLeftovers } from './copies.ts'
import { eagerContract } from './eager-contract.ts'
import { isOf, ranBy } from './ran-by.ts'
import type { RelayTarget } from './tls-relay.ts'
import { type FindTarget, type RelayedCondition, TlsRelays } from './tls-relays.ts'

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
  /** How the containers of the copy are reached; absent: not at all. */
  readonly containers?: CopiedContainers
  /** Aborted when nothing more is to be waited for, but what clears it away. */
  readonly signal: AbortSignal
}

/** What keeps something running that can be made to hang. */
const RUNTIMES: readonly string[] = ['process', 'container']

/** A condition's input, or why it cannot be told. */
export type Input =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly why: string }

/** How often to look at what is watched. @unit ms */
const LOOK_MS = 25

/** A copy of an environment. */
export class Trial {
  readonly plan: Plan
  readonly #options: TrialOptions
  #document: Json
  #relays: TlsRelays | undefined
  #latest: string | undefined
  readonly #aim: { readonly target?: string }

  private constructor(options: TrialOptions) {
    this.#options = options
    this.#document = eagerContract(options.contract.document)
    const { contracts } = parseContracts([{ path: 'contract', value: this.#document }])
    const contract = present(contracts[0], 'a contract that is asked more often is still one')
    this.#aim = options.target === undefined ? {} : { target: options.target }
    this.plan = planContract(contract, { goal: 'watch', ...this.#aim })
  }

  /** Opens one; nothing of it is up before it is told to be. */
  static async open(options: TrialOptions): Promise<Trial> {
    const trial = new Trial(options)
    const target: FindTarget = (stage, condition) => trial.#targetOf(stage, condition)
    const relays = await TlsRelays.open(trial.plan, options.workspace, target)
    trial.#relays = relays
    trial.#document = relays.rewrite(trial.#document)
    return trial
  }

  /** Signs what the copy trusts besides what its conditions trust. */
  get authority(): Authority {
    return present(this.#relays, 'a trial is open').authority
  }

  /** What stands before the server that a TLS condition asks; or why nothing does. */
  relayOf(stage: string, condition: string): Pick<RelayedCondition, 'relay' | 'untried'> {
    return this.#relays?.find(stage, condition) ?? {}
  }

  /** The folder of its daemon. */
  get workspace(): string {
    return this.#options.workspace
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
    this.#relays?.close()
    return await killLeftovers(this.#options.client)
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
      const state = await this.#watched()
      const broken = await this.broken()
      const isProved = state?.stages.every(({ phase }) => phase === 'ready') === true
      if (isProved && broken.length === 0) return []
      if (performance.now() >= untilMs) return broken
      await this.#pause()
    }
  }

  /** The stages that keep a process or a container of the copy running. */
  running(): readonly Stage[] {
    return this.plan.stages.filter(({ command }) => RUNTIMES.includes(command?.actuator ?? ''))
  }

  /** Whether a stage runs as a container. */
  isContainer(stage: string): boolean {
    const found = this.plan.stages.find(({ name }) => name === stage)
    return found?.command?.actuator === 'container'
  }

  /** The containers of the copy; undefined where none can be reached. */
  get containers(): CopiedContainers | undefined {
    return this.#options.containers
  }

  /** The name by which runtimes know what a stage runs. */
  subjectOf(stage: string): string {
    return ranBy(this.plan, stage).subject
  }

  /** Which stage of the copy listens on a port of this machine; undefined when none does. */
  async servedBy(port: number): Promise<string | undefined> {
    const { ports, processes } = await this.#options.client.leftovers()
    const pid = ports.find((one) => one.port === port)?.pid
    const listening = processes.find((one) => one.pid === pid)
    const views = await this.#views()
    // The port of a container is often held by its engine, which is not of the copy.
    const published = views.findLast(
      (view) => view.status === 'running' && Object.values(view.ports).includes(port),
    )?.subject
    const stages = this.running().map(({ name }) => name)
    return stages.find((stage) => {
      if (listening !== undefined && isOf(ranBy(this.plan, stage), listening, views)) return true
      return this.isContainer(stage) && this.subjectOf(stage) === published
    })
  }

  /** Every process of a stage, children and grandchildren too, as far as this machine shows them. */
  async pidsOf(stage: string): Promise<readonly number[]> {
    const { processes } = await this.#options.client.leftovers()
    const [ran, views] = [ranBy(this.plan, stage), await this.#views()]
    return processes.filter((process) => isOf(ran, process, views)).map(({ pid }) => pid)
  }

  /** The ports of a stage, by name. */
  async portsOf(stage: string): Promise<Readonly<Record<string, number>>> {
    const [ran, views] = [ranBy(this.plan, stage), await this.#views()]
    return views.findLast((view) => isOf(ran, view, views))?.ports ?? {}
  }

  /** A condition's input as it is asked now, every template resolved; or why it cannot be told. */
  async inputOf(stage: string, condition: string): Promise<Input> {
    const found = this.plan.stages.find(({ name }) => name === stage)
    const question = found?.conditions.find(({ name }) => name === condition)?.question
    const input = question?.ask === 'probe' ? question.input : {}
    const state = (await this.#watched()) ?? (await this.#onTheWay())
    if (state === undefined) return { ok: false, why: 'it is not up' }
    const resolved = resolveTemplates(input, this.#scopeOf(stage, state))
    return resolved.ok
      ? { ok: true, value: resolved.value as JsonObject }
      : { ok: false, why: resolved.problem.sentence }
  }

  async #views(): Promise<readonly ComponentView[]> {
    const [environment] = await this.#options.client.environments()
    return environment?.components ?? []
  }

  async #watched(): Promise<RampState | undefined> {
    const { client } = this.#options
    const [environment] = await client.environments()
    return environment?.watch && (await client.ramp(environment.watch.ramp)).state
  }

  async #onTheWay(): Promise<RampState | undefined> {
    const { client } = this.#options
    return this.#latest === undefined ? undefined : (await client.ramp(this.#latest)).state
  }

  async #targetOf(stage: string, condition: string): Promise<RelayTarget | undefined> {
    const input = await this.inputOf(stage, condition)
    if (!input.ok) return undefined
    const { address, host, port = 443 } = input.value
    const url = address === undefined ? `tls://${String(host)}:${Number(port)}` : `tls://${address}`
    if (!URL.canParse(url)) return undefined
    const found = new URL(url)
    return { host: found.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(found.port) }
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

  #scopeOf(stage: string, state: RampState): Scope {
    const { contract, settings: given, directory, workspace } = this.#options
    const definition = fromOutside(aimContract(contract, this.#aim.target))
    const outputs = outputsFor(state, stage)
    return {
      components: seenByFronts(outputs.components),
      self: outputs.self,
      ...(outputs.group === undefined ? {} : { region: { name: outputs.group } }),
      settings: valuesWithin(valuesOfSettings(definition, given), outputs.group),
      run: { directory, workspace },
    }
  }
}
