/**
 * A forwarder as a process of its own: it carries traffic for as long as its fronts are open, whether
 * a daemon is there or not, and does what the daemon says that came last. It remembers nothing on
 * disk; after a crash it is told again.
 */
import { rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { FOLDER_LOOK_MS, FolderWatch } from '../../channel/folder-watch.ts'
import { encodeFrame, Frames } from '../../channel/frames.ts'
import { listenAlone } from '../../channel/listen-alone.ts'
import { Fault, isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { KernelProcesses } from '../../seams/kernel-processes.ts'
import { AccessJudge } from './access.ts'
import { Forwarder } from './forwarder.ts'
import {
  FORWARDER_VERSION,
  type ForwarderHears,
  type ForwarderSays,
  type FrontLook,
  parseQuestion,
} from './forwarder-words.ts'
import { canBecome } from './front.ts'
import { targetOf } from './front-target.ts'
import { Refusals } from './refusals.ts'

/** What it is started with. */
export interface ForwarderProcessOptions {
  /** Of its Unix socket. */
  readonly path: string
  /** It works for this folder, and ends soon after that is gone. */
  readonly folder: string
  /** Listening sockets that it inherited; all of them are its one front's. */
  readonly inherited: readonly number[]
  /** Undefined where processes cannot be looked up. */
  readonly kernel: KernelProcesses | undefined
  readonly clock: Clock
  /** How long it waits for a daemon when no front is open. @unit ms */
  readonly idleMs: number
}

/** How long what is under way may take once the folder is gone. @unit ms */
const GRACE_MS = 3_000

/** Serves until it is told to close its last front. */
export function serveForwarder(options: ForwarderProcessOptions): void {
  new ForwarderProcess(options).run()
}

class ForwarderProcess {
  readonly #options: ForwarderProcessOptions
  readonly #judge: AccessJudge
  readonly #refusals: Refusals
  readonly #forwarder: Forwarder
  readonly #fronts = new Set<string>()
  readonly #folder: FolderWatch
  #daemon: Socket | undefined

  constructor(options: ForwarderProcessOptions) {
    this.#options = options
    this.#folder = new FolderWatch(options.folder)
    this.#judge = new AccessJudge(options.kernel)
    this.#refusals = new Refusals((denied) => this.#sayTo(this.#daemon, denied))
    this.#forwarder = new Forwarder({
      mayConnect: (client) => this.#judge.judge(client, targetOf(client.front)),
      onRefused: (front, sentence) => this.#refusals.note(front, sentence),
      onTrouble: (front, sentence) => this.#note(front, sentence),
      clock: options.clock,
    })
  }

  run(): void {
    // Signals to the daemon's terminal are not meant for it: it ends when nothing needs it any more.
    for (const signal of ['SIGHUP', 'SIGINT'] as const) process.on(signal, () => undefined)
    const { path } = this.#options
    listenAlone({
      path,
      serve: (daemon) => this.#serve(daemon),
      onOther: () => process.exit(0),
    })
    this.#watchIdle()
    this.#watchFolder()
  }

  #serve(daemon: Socket): void {
    const before = this.#daemon
    this.#daemon = daemon
    if (before !== undefined) {
      this.#sayTo(before, { says: 'replaced' })
      before.end()
    }
    const frames = new Frames()
    daemon.on('data', (piece) => {
      try {
        for (const message of frames.take(piece)) this.#hear(daemon, message)
      } catch (error) {
        // What is not of this protocol is not answered.
        daemon.destroy(error instanceof Error ? error : undefined)
      }
    })
    daemon.on('error', () => daemon.destroy())
    daemon.on('close', () => {
      if (this.#daemon === daemon) this.#daemon = undefined
    })
    this.#sayTo(daemon, { says: 'hello', version: FORWARDER_VERSION, pid: process.pid })
  }

  #hear(daemon: Socket, message: unknown): void {
    if (daemon !== this.#daemon) return
    const parsed = parseQuestion(message)
    if ('hint' in parsed) {
      this.#sayTo(daemon, { says: 'refused', ...parsed })
      return
    }
    const { question } = parsed
    const { request } = question
    this.#answer(question)
      .then((answer) => this.#sayTo(daemon, answer))
      .catch((error: unknown) => {
        const hint = isFault(error) ? error.hint : String(error)
        this.#sayTo(daemon, { says: 'refused', request, hint })
      })
  }

  async #answer(question: ForwarderHears): Promise<ForwarderSays> {
    const { request } = question
    if (question.do === 'look') return { says: 'look', request, fronts: this.#look() }
    if (question.do === 'access') this.#judge.set(question.access)
    else if (question.do === 'open') await this.#open(question)
    else if (question.do === 'close') await this.#close(question.front)
    else await this.#forwarder[question.do](question.front, question.backend)
    return { says: 'done', request }
  }

  /** Who may come in is known before anybody can. */
  async #open(wanted: Extract<ForwarderHears, { readonly do: 'open' }>): Promise<void> {
    const { definition, backends, access } = wanted
    const [name = definition.name] = this.#fronts
    const open = this.#forwarder.definition(name)
    if (open !== undefined && !canBecome(open, definition)) {
      throw new Fault({
        code: 'data-plane-failed',
        operation: 'open a front',
        subject: definition.name,
        hint: `Its process has this open: ${JSON.stringify(open)}; close that first.`,
      })
    }
    this.#judge.set(access)
    await this.#forwarder.open(definition, this.#options.inherited)
    this.#forwarder.become(definition)
    this.#fronts.add(definition.name)
    await this.#forwarder.set(definition.name, backends)
    // Whoever asks for it now need not wait for the next look.
    if (this.#forwarder.isShut(definition.name)) await this.#forwarder.look(definition.name)
    // A daemon that was away when it began has not been told.
    const sentence = this.#forwarder.trouble(definition.name)
    if (sentence !== undefined) this.#note(definition.name, sentence)
  }

  #note(front: string, sentence: string): void {
    const shut = this.#forwarder.isShut(front) ? ({ isShut: true } as const) : {}
    this.#sayTo(this.#daemon, { says: 'noted', front, sentence, ...shut })
  }

  async #close(front: string): Promise<void> {
    await this.#forwarder.close(front)
    this.#fronts.delete(front)
    // The answer is sent before it ends.
    if (this.#fronts.size === 0) setImmediate(() => this.#daemon?.end(() => this.#end()))
  }

  #look(): readonly FrontLook[] {
    return [...this.#fronts].flatMap((name) => {
      const definition = this.#forwarder.definition(name)
      const counts = this.#forwarder.counts(name)
      if (definition === undefined || counts === undefined) return []
      return [{ definition, counts, refusals: this.#refusals.of(name) }]
    })
  }

  #sayTo(daemon: Socket | undefined, words: ForwarderSays): void {
    if (daemon?.writable) daemon.write(encodeFrame(words))
  }

  /** Ends what was never given a front. */
  #watchIdle(): void {
    setTimeout(() => {
      if (this.#daemon === undefined && this.#fronts.size === 0) this.#end()
      else this.#watchIdle()
    }, this.#options.idleMs)
  }

  /** With its folder gone no daemon will come: nobody could ever close its front. */
  #watchFolder(goneMs = 0): void {
    setTimeout(() => {
      const isLost = this.#daemon === undefined && this.#folder.isGone()
      if (isLost && (goneMs >= GRACE_MS || this.#isIdle())) this.#end()
      else this.#watchFolder(isLost ? goneMs + FOLDER_LOOK_MS : 0)
    }, FOLDER_LOOK_MS)
  }

  #isIdle(): boolean {
    return this.#look().every(({ counts }) => counts.backends.every((one) => one.inFlight === 0))
  }

  #end(): void {
    rmSync(this.#options.path, { force: true })
    process.exit(0)
  }
}
