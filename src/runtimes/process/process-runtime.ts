/**
 * The process runtime: starts and stops components as processes of this machine, and looks at them.
 * The daemon that holds it may be killed at any instant: components keep running, and the next one
 * takes them over from what lies in the folder. It never restarts anything by itself.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { failed, misunderstood, unknownOperation } from '../../core/entry/command-answers.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import type { Actuator, Order } from '../../seams/actuator.ts'
import type { Clock } from '../../seams/clock.ts'
import type {
  PortListener,
  PortListeners,
  Processes,
  ProcessState,
  RunningProcess,
  RunningProcesses,
} from '../../seams/processes.ts'
import type { LogLimits } from '../logs/log-file.ts'
import { type FollowOptions, LogKeeper } from '../logs/log-keeper.ts'
import type { LogLine } from '../logs/log-line.ts'
import { readTail } from '../logs/read-tail.ts'
import type { PortSource } from '../placement/port-source.ts'
import { PortAllocator } from '../placement/ports.ts'
import { passFence } from '../subject/fences.ts'
import { SubjectQueue } from '../subject/subject-queue.ts'
import { failedBySystem } from '../subject/system-refusal.ts'
import type { Instance } from './instance.ts'
import { openSubjectFolder, removeInstance } from './instance-folder.ts'
import type { Kernel } from './kernel/kernel.ts'
import { openKernel } from './kernel/open-kernel.ts'
import { lookAtComponent } from './looker.ts'
import { NotifyKeeper } from './notify/notify-keeper.ts'
import { parseLookInput, parseStartInput, parseStopInput } from './order-input.ts'
import { findListeners } from './port-listeners.ts'
import { Registry } from './registry.ts'
import { rawFiles } from './spawn.ts'
import { Spawner } from './spawner/spawner.ts'
import { type StartNeeds, startComponent } from './starter.ts'
import { stopComponent } from './stopper.ts'
import { Supervisor } from './supervisor.ts'

const SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin'
const ERROR_LINES_MAX = 20
const ERROR_BYTES_MAX = 4 * 1024

/** What the runtime is opened with. */
export interface ProcessRuntimeOptions {
  /** Where everything is kept, absolute: `.rampart/processes`. */
  readonly folder: string
  /** The workspace's folder, absolute; every process is marked with it. */
  readonly workspace: string
  /** Where inherited variables are taken from. Nothing else of this process is handed on. */
  readonly settings: Readonly<Record<string, string>>
  readonly clock: Pick<Clock, 'nowMs'>
  /** @default this machine's */
  readonly kernel?: Kernel
  /** @default free ones, which nothing is recorded of */
  readonly ports?: PortSource
  readonly logs?: Partial<LogLimits>
  /** Told of what went wrong where nobody waits for an answer (a full disk while logging). */
  readonly onTrouble: (error: unknown) => void
}

/** What an order is about. */
interface About {
  readonly subject: string
  readonly copy?: number | undefined
}

/** Runs components as processes. */
export class ProcessRuntime implements Actuator, Processes, PortListeners, RunningProcesses {
  readonly name = 'process'
  readonly kernel: Kernel
  readonly #options: ProcessRuntimeOptions
  readonly #queue = new SubjectQueue()
  readonly #supervisor: Supervisor
  readonly #logs: LogKeeper
  readonly #notify: NotifyKeeper
  readonly #registry: Registry
  readonly #spawner = new Spawner()
  readonly #needs: StartNeeds
  readonly #onRunning = new Set<() => void>()

  /** Opens the folder and takes over whatever an earlier daemon has left running. */
  constructor(options: ProcessRuntimeOptions) {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    this.#options = options
    this.kernel = options.kernel ?? openKernel()
    const nowMs = (): number => options.clock.nowMs()
    const logs = options.logs === undefined ? {} : { limits: options.logs }
    this.#logs = new LogKeeper({ nowMs, ...logs })
    const { kernel } = this
    const stirred = (instance: Instance): void => this.#carry(instance)
    const { onTrouble } = options
    this.#supervisor = new Supervisor({ kernel, nowMs, stirred, onTrouble })
    const { folder, workspace, settings } = options
    this.#notify = new NotifyKeeper({ nowMs, onTrouble })
    const found = (instance: Instance): void => this.#takeOver(instance)
    const bootId = kernel.bootId()
    const supervisor = this.#supervisor
    this.#registry = new Registry({ folder, bootId, kernel, supervisor, nowMs, found })
    this.#needs = {
      folder,
      workspace,
      settings,
      bootId,
      kernel,
      supervisor,
      nowMs,
      registry: this.#registry,
      ports: options.ports ?? new PortAllocator(),
      spawner: this.#spawner,
      notify: this.#notify,
      searchPath: settings['PATH'] ?? SEARCH_PATH,
      started: (instance) => this.#follow(instance),
      identified: () => this.#tellRunning(),
      pruned: (instance) => this.#forget(instance),
    }
    this.#registry.load()
  }

  async run(order: Order): Promise<CommandAnswer> {
    const { operation } = order
    if (operation === 'start') {
      const { input, problem } = parseStartInput(order.input)
      if (input === undefined) return misunderstood(operation, problem)
      return await this.#inTurn(order, input, () => startComponent(order, input, this.#needs))
    }
    if (operation === 'stop') {
      const { input, problem } = parseStopInput(order.input)
      if (input === undefined) return misunderstood(operation, problem)
      return await this.#inTurn(order, input, () => stopComponent(order, input, this.#needs))
    }
    if (operation === 'look') {
      const { input, problem } = parseLookInput(order.input)
      if (input === undefined) return misunderstood(operation, problem)
      return await this.#inTurn(order, input, async () => lookAtComponent(input, this.#needs))
    }
    const sentence = `A process can be told to start, to stop and to look, not to ${operation}.`
    return unknownOperation(sentence)
  }

  /** Every instance that is remembered, of every subject. */
  instances(): readonly string[] {
    return [...this.#registry.all()].map((instance) => instance.name)
  }

  /** Whether anything of a subject runs, as far as this daemon has seen. */
  isRunning(subject: string): boolean {
    const instances = this.#registry.of(subject)
    return instances.some(({ ended, identity }) => ended === undefined && identity !== undefined)
  }

  /** Every start that runs, as far as this daemon has seen. */
  running(): readonly RunningProcess[] {
    const { bootId } = this.#needs
    return [...this.#registry.all()].flatMap(
      ({ record: { subject: service }, identity, ended }) => {
        if (ended !== undefined || identity === undefined) return []
        const { pid, started } = identity
        return [{ service, pid, started, bootId }]
      },
    )
  }

  onRunning(changed: () => void): () => void {
    this.#onRunning.add(changed)
    return () => this.#onRunning.delete(changed)
  }

  state(instance: string): ProcessState | undefined {
    const found = this.#registry.get(instance)
    if (found === undefined) return undefined
    const { err } = rawFiles(found.path)
    const lastErrors = readTail(err, ERROR_LINES_MAX, ERROR_BYTES_MAX)
    return { ...found.state(), ...(lastErrors.length > 0 ? { lastErrors } : {}) }
  }

  onEnd(instance: string, ended: () => void): () => void {
    return this.#registry.get(instance)?.onEnd(ended) ?? (() => undefined)
  }

  listeners(instance: string, port: number): readonly PortListener[] | undefined {
    const found = this.#registry.get(instance)
    if (found === undefined) return undefined
    const { workspace } = this.#options
    return findListeners(this.kernel, { instance, workspace, leader: found.identity }, port)
  }

  /** Earlier lines, then live ones, until the signal aborts or the runtime is closed. */
  followLogs(options: FollowOptions): AsyncIterable<LogLine> {
    return this.#logs.follow(options)
  }

  /** The last lines of a subject, or of all. */
  tailLogs(subject: string | undefined, linesMax: number): readonly LogLine[] {
    return this.#logs.tail(subject, linesMax)
  }

  /** Lets go of everything; components keep running. Idempotent. */
  close(): void {
    this.#supervisor.close()
    this.#spawner.close()
    this.#notify.close()
    this.#logs.close()
  }

  async #inTurn(
    order: Order,
    about: About,
    carryOut: () => Promise<CommandAnswer>,
  ): Promise<CommandAnswer> {
    const { subject } = about
    // Each copy is ended for itself: one that takes its time keeps no other one up.
    const isOfOne = order.operation === 'stop' && about.copy !== undefined
    const part = isOfOne ? String(about.copy) : undefined
    const task = async (): Promise<CommandAnswer> => {
      try {
        return this.#refuse(order, about) ?? (await carryOut())
      } catch (error) {
        const answer = failedBySystem(subject, error)
        if (answer === undefined) throw error
        return answer
      }
    }
    return await this.#queue.run(subject, task, part)
  }

  #refuse(order: Order, { subject, copy }: About): CommandAnswer | undefined {
    const folder = openSubjectFolder(this.#options.folder, subject)
    const { ramp, fence } = order
    const { allowed, highest } = passFence(folder, { ramp, fence, copy })
    if (!allowed) {
      const seen = `carries fence ${order.fence}, but ${highest} was seen`
      const sentence = `${order.id} ${seen}: a newer owner has the ramp.`
      return failed({ reason: 'fenced', sentence })
    }
    if (!order.signal.aborted) return undefined
    return failed({ reason: 'cancelled', sentence: `${order.id} was given up before its turn.` })
  }

  #takeOver(instance: Instance): void {
    this.#follow(instance)
    const { record, ended, identity } = instance
    if (ended === undefined && identity !== undefined) {
      const { ports, bootId } = this.#needs
      ports.took(record, { ...identity, bootId })
      this.#tellRunning()
    }
    if (record.notify !== true || ended !== undefined) return
    this.#notify.listen(instance).catch(this.#options.onTrouble)
  }

  #follow(instance: Instance): void {
    this.#carry(instance)
    if (instance.ended !== undefined) return
    instance.onEnd(() => {
      const { record, identity } = instance
      const { ports, bootId } = this.#needs
      ports.died(record.subject, identity && { ...identity, bootId })
      this.#tellRunning()
    })
  }

  #tellRunning(): void {
    for (const changed of this.#onRunning) changed()
  }

  #carry(instance: Instance): void {
    try {
      this.#logs.carry(this.#rawOutput(instance))
    } catch (error) {
      this.#options.onTrouble(error)
    }
  }

  #forget(instance: Instance): void {
    this.#logs.forget(this.#rawOutput(instance))
    // Nobody waits for it: what could not be removed now only takes up room.
    removeInstance(instance.path).catch(this.#options.onTrouble)
  }

  #rawOutput(instance: Instance): Parameters<LogKeeper['carry']>[0] {
    const { subject, number, copy } = instance.record
    const isEnded = instance.ended !== undefined
    const subjectFolder = dirname(instance.path)
    return { subject, subjectFolder, number, copy, path: instance.path, isEnded }
  }
}
