/**
 * The container runtime: starts and stops components as containers of an engine that speaks the
 * Docker Engine API (Docker, Podman), and looks at them. The daemon that holds it may be killed at
 * any instant: containers keep running, and the next one takes them over by their labels. It never
 * restarts anything by itself, and where there is no engine it says so only when one is needed.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { failed, misunderstood, unknownOperation } from '../../core/entry/command-answers.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import type { ProcessIdentity } from '../../core/port/port-lease.ts'
import type { PortProtocols } from '../../core/port/port-protocols.ts'
import type { Actuator, Order } from '../../seams/actuator.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Processes, ProcessState } from '../../seams/processes.ts'
import { type FollowOptions, LogKeeper } from '../logs/log-keeper.ts'
import type { LogLine } from '../logs/log-line.ts'
import type { PortSource } from '../placement/port-source.ts'
import { PortAllocator } from '../placement/ports.ts'
import { passFence } from '../subject/fences.ts'
import { SubjectQueue } from '../subject/subject-queue.ts'
import { failedBySystem } from '../subject/system-refusal.ts'
import { Engine } from './engine/engine.ts'
import { EngineTrouble } from './engine/engine-trouble.ts'
import type { Instance } from './instance.ts'
import { openSubjectFolder } from './instance-folder.ts'
import { lookAtComponent } from './looker.ts'
import { parseLookInput, parseStartInput, parseStopInput } from './order-input.ts'
import { OutputCarrier } from './output-carrier.ts'
import { Registry } from './registry.ts'
import { type StartNeeds, startComponent } from './starter.ts'
import { stopComponent } from './stopper.ts'
import { Watcher } from './watcher.ts'

/** What the runtime is opened with. */
export interface ContainerRuntimeOptions {
  /** Where everything is kept, absolute: `.rampart/containers`. */
  readonly folder: string
  /** The workspace's folder, absolute; every container is labelled with it. */
  readonly workspace: string
  /** Where the engine's socket and inherited variables are looked up. */
  readonly settings: Readonly<Record<string, string>>
  readonly clock: Pick<Clock, 'nowMs'>
  /** Where ports come from. @default free ones, which nothing is recorded of */
  readonly ports?: PortSource
  /** Which process has a pid, if it carries the marks of that start; a pid may be another machine's. */
  readonly identify?: (pid: number, instance: string) => ProcessIdentity | undefined
  /** Told of what went wrong where nobody waits for an answer. */
  readonly onTrouble: (error: unknown) => void
}

/** One container that is remembered, for people. */
export interface ContainerView {
  readonly instance: string
  readonly subject: string
  readonly number: number
  readonly ports: Readonly<Record<string, number>>
  /** Of those of its ports that are not of TCP; absent: all are. */
  readonly protocols?: PortProtocols | undefined
}

/** Runs components as containers. */
export class ContainerRuntime implements Actuator, Processes {
  readonly name = 'container'
  readonly #options: ContainerRuntimeOptions
  readonly #queue = new SubjectQueue()
  readonly #engine: Engine
  readonly #logs: LogKeeper
  readonly #output: OutputCarrier
  readonly #watcher: Watcher
  readonly #registry: Registry
  readonly #needs: StartNeeds

  /** Opens the folder, and looks for what an earlier daemon has left running. */
  constructor(options: ContainerRuntimeOptions) {
    const { folder, workspace, settings, onTrouble } = options
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#options = options
    const nowMs = (): number => options.clock.nowMs()
    const engine = new Engine(settings)
    this.#engine = engine
    // The engine gives output from its beginning, so what was brought of it must stay.
    this.#logs = new LogKeeper({ nowMs, limits: { rawMax: Number.MAX_SAFE_INTEGER } })
    const carry = (instance: Instance): void => this.#carry(instance)
    this.#output = new OutputCarrier({ engine, carried: carry, onTrouble })
    this.#registry = new Registry({ folder, workspace, engine })
    const instances = (): Iterable<Instance> => this.#registry.all()
    const output = this.#output
    this.#watcher = new Watcher({
      engine,
      workspace,
      output,
      nowMs,
      instances,
      running: (instance) => this.#publish(instance),
      ended: (instance) => {
        carry(instance)
        this.#endPorts(instance.record.subject)
      },
      onTrouble,
    })
    this.#needs = {
      folder,
      workspace,
      settings,
      engine,
      nowMs,
      registry: this.#registry,
      watcher: this.#watcher,
      ports: options.ports ?? new PortAllocator(),
      pruned: (instance) => this.#forget(instance),
    }
    this.#registry.load()
    for (const instance of instances()) carry(instance)
    this.#watcher.watch()
  }

  async run(order: Order): Promise<CommandAnswer> {
    const { operation } = order
    if (operation === 'start') {
      const { input, problem } = parseStartInput(order.input)
      if (input === undefined) return misunderstood(operation, problem)
      return await this.#inTurn(order, input.subject, () =>
        startComponent(order, input, this.#needs),
      )
    }
    if (operation === 'stop') {
      const { input, problem } = parseStopInput(order.input)
      if (input === undefined) return misunderstood(operation, problem)
      return await this.#inTurn(order, input.subject, () =>
        stopComponent(order, input, this.#needs),
      )
    }
    if (operation === 'look') {
      const { input, problem } = parseLookInput(order.input)
      if (input === undefined) return misunderstood(operation, problem)
      return await this.#inTurn(order, input.subject, () => lookAtComponent(input, this.#needs))
    }
    const sentence = `A container can be told to start, to stop and to look, not to ${operation}.`
    return unknownOperation(sentence)
  }

  /** Every start that is remembered, of every subject. */
  views(): readonly ContainerView[] {
    return [...this.#registry.all()].map(({ name: instance, record }) => {
      const { subject, number, outside, protocols } = record
      return { instance, subject, number, ports: outside.ports, protocols }
    })
  }

  /** Whether anything of a subject runs, or might while the engine has not told. */
  isRunning(subject: string): boolean {
    return this.#registry.of(subject).some(({ ended }) => ended === undefined)
  }

  state(instance: string): ProcessState | undefined {
    return this.#registry.get(instance)?.state()
  }

  onEnd(instance: string, ended: () => void): () => void {
    return this.#registry.get(instance)?.onEnd(ended) ?? (() => undefined)
  }

  /** Earlier lines, then live ones, until the signal aborts or the runtime is closed. */
  followLogs(options: FollowOptions): AsyncIterable<LogLine> {
    return this.#logs.follow(options)
  }

  /** The last lines of a subject, or of all. */
  tailLogs(subject: string | undefined, linesMax: number): readonly LogLine[] {
    return this.#logs.tail(subject, linesMax)
  }

  /** Lets go of everything; containers keep running. Idempotent. */
  close(): void {
    this.#watcher.close()
    this.#output.close()
    this.#engine.close()
    this.#logs.close()
  }

  async #inTurn(
    order: Order,
    subject: string,
    carryOut: () => Promise<CommandAnswer>,
  ): Promise<CommandAnswer> {
    return await this.#queue.run(subject, async () => {
      try {
        return this.#refuse(order, subject) ?? (await carryOut())
      } catch (error) {
        const answer = answerTo(error, order, subject)
        if (answer === undefined) throw error
        return answer
      }
    })
  }

  #refuse(order: Order, subject: string): CommandAnswer | undefined {
    const folder = openSubjectFolder(this.#options.folder, subject)
    const { allowed, highest } = passFence(folder, order)
    if (!allowed) {
      const seen = `carries fence ${order.fence}, but ${highest} was seen`
      const sentence = `${order.id} ${seen}: a newer owner has the ramp.`
      return failed({ reason: 'fenced', sentence })
    }
    if (!order.signal.aborted) return undefined
    return failed({ reason: 'cancelled', sentence: `${order.id} was given up before its turn.` })
  }

  /** Its ports are leased for as long as the engine publishes them. */
  #publish(instance: Instance): void {
    if (instance.isPublished) return
    const { published: inside, container: name } = instance.record
    const process = this.#options.identify?.(instance.pid, instance.name)
    const container = { name, inside, ...(process && { process }) }
    this.#needs.ports.published(instance.outsidePorts(), container)
    // What carries no marks yet is still on its way to its program: the next look tells more.
    instance.isPublished = process !== undefined
  }

  #endPorts(subject: string): void {
    if (!this.isRunning(subject)) this.#needs.ports.ended(subject)
  }

  #carry(instance: Instance): void {
    const { subject, number } = instance.record
    const subjectFolder = dirname(instance.path)
    const isEnded = instance.ended !== undefined
    try {
      this.#logs.carry({ subject, subjectFolder, number, path: instance.path, isEnded })
    } catch (error) {
      this.#options.onTrouble(error)
    }
  }

  #forget(instance: Instance): void {
    const { subject, number } = instance.record
    const subjectFolder = dirname(instance.path)
    this.#logs.forget({ subject, subjectFolder, number, path: instance.path })
    rmSync(instance.path, { recursive: true, force: true })
  }
}

/** What an order is answered when the engine or the system let us down; undefined: our own mistake. */
function answerTo(error: unknown, order: Order, subject: string): CommandAnswer | undefined {
  if (order.signal.aborted && (error === order.signal.reason || isAbort(error))) {
    return failed({ reason: 'cancelled', sentence: `${order.id} was given up.`, retryable: true })
  }
  if (!(error instanceof EngineTrouble)) return failedBySystem(subject, error)
  const reason = error.isUnavailable ? 'engine-unavailable' : 'engine-refused'
  return failed({ reason, sentence: `${subject}: ${error.message}`, retryable: true })
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
