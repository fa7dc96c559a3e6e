/**
 * A daemon's line to its keeper: finds the one that is there, starts one when something is to be
 * held, and says when it is gone. Questions are pipelined; each has one answer.
 */
import { connect, type Socket } from 'node:net'
import { dirname, extname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startDetached } from '../../channel/start-detached.ts'
import { Fault } from '../../core/fault/fault.ts'
import type {
  HeirWish,
  Hold,
  HoldOutcome,
  HoldWish,
  KeeperHears,
  KeeperSays,
} from './keeper-words.ts'
import { Lines } from './lines.ts'

/** Beside this file, as written or as built. */
const PROGRAM = join(import.meta.dirname, `keeper-program${extname(import.meta.filename)}`)

/** How long a keeper may take to be there. @unit ms */
const START_MS = 15_000
const LOOK_MS = 10

/** How long a keeper that holds nothing waits. @unit ms */
const IDLE_MS = 60_000

/** How a process that was started by the keeper ended. */
export interface HeirEnd {
  readonly code: number | null
  readonly signal: string | null
}

/** Where and how. */
export interface KeeperLinkOptions {
  /** Of the Unix socket. */
  readonly path: string
  /** The keeper ends soon after this folder is gone. @default the socket's */
  readonly folder?: string
  /** How long a keeper without holds waits for a daemon. @unit ms @default 60 s */
  readonly idleMs?: number
  /** The keeper is gone, and with it all that it held; called once for each that is lost. */
  onLost(): void
}

type Question = KeeperHears extends infer One
  ? One extends { readonly request: number }
    ? Omit<One, 'request'>
    : never
  : never

type Answer = Extract<KeeperSays, { readonly request: number }>

/** Asks the keeper. Every call starts one when there is none, but `find`. */
export class KeeperLink {
  readonly #options: KeeperLinkOptions
  #line: Line | undefined
  #opening: Promise<Line> | undefined
  #isClosed = false

  constructor(options: KeeperLinkOptions) {
    this.#options = options
  }

  /** The keeper's pid; undefined when none is connected. */
  get pid(): number | undefined {
    return this.#line?.pid
  }

  /** Why it can hold nothing; undefined: it can, or it was not asked yet. */
  get cannotHold(): string | undefined {
    return this.#line?.cannotHold
  }

  /** Connects to the keeper that is there. @returns whether there is one */
  async find(): Promise<boolean> {
    if (this.#line !== undefined) return true
    const line = await Line.open(this.#options.path)
    if (line === undefined) return false
    this.#take(line)
    return true
  }

  /** One outcome for each wish, in their order. @throws ports-unavailable */
  async hold(wishes: readonly HoldWish[]): Promise<readonly HoldOutcome[]> {
    const answer = await this.#ask({ do: 'hold', wishes })
    if (answer.says === 'held') return answer.outcomes
    throw unexpected('hold ports', answer)
  }

  /** Lets go; quiet about what is not held. Nothing is started for it. */
  async letGo(ids: readonly string[]): Promise<void> {
    if (ids.length === 0 || !(await this.find())) return
    const answer = await this.#ask({ do: 'let-go', ids })
    if (answer.says !== 'let-go') throw unexpected('let go of ports', answer)
  }

  /** What is held; nothing when there is no keeper. */
  async list(): Promise<readonly Hold[]> {
    if (!(await this.find())) return []
    const answer = await this.#ask({ do: 'list' })
    if (answer.says === 'list') return answer.holds
    throw unexpected('tell what it holds', answer)
  }

  /** Starts a process that inherits. @throws ports-unavailable with the system's error */
  async spawn(heir: HeirWish): Promise<{ pid: number; ended: Promise<HeirEnd | undefined> }> {
    const answer = await this.#ask({ do: 'spawn', heir })
    if (answer.says === 'spawned') {
      return { pid: answer.pid, ended: this.#line?.endOf(answer.pid) ?? Promise.resolve(undefined) }
    }
    throw unexpected(`start ${heir.command[0]}`, answer)
  }

  /** Leaves; the keeper stays. Idempotent. */
  close(): void {
    this.#isClosed = true
    this.#line?.close()
    this.#line = undefined
  }

  async #ask(question: Question): Promise<Answer> {
    const line = this.#line ?? (await this.#open())
    return await line.ask(question)
  }

  #open(): Promise<Line> {
    this.#opening ??= this.#start().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #start(): Promise<Line> {
    const { path } = this.#options
    const untilMs = performance.now() + START_MS
    let line = await Line.open(path)
    if (line === undefined) startKeeper(this.#options)
    while (line === undefined && performance.now() < untilMs && !this.#isClosed) {
      await delay(LOOK_MS)
      line = await Line.open(path)
    }
    if (line === undefined) throw unavailable(`No keeper answers at ${path}.`)
    this.#take(line)
    return line
  }

  #take(line: Line): void {
    this.#line = line
    line.onGone(() => {
      if (this.#line !== line) return
      this.#line = undefined
      if (!this.#isClosed) this.#options.onLost()
    })
  }
}

function startKeeper(options: KeeperLinkOptions): void {
  const { path, idleMs = IDLE_MS, folder = dirname(path) } = options
  startDetached([PROGRAM, path, String(idleMs), folder])
}

function unexpected(deed: string, answer: Answer): Fault {
  const why = answer.says === 'refused' ? answer.error : answer.says
  return unavailable(`The keeper could not ${deed}: ${why}.`)
}

function unavailable(hint: string): Fault {
  return new Fault({
    code: 'ports-unavailable',
    operation: 'hold ports',
    subject: 'keeper',
    hint,
  })
}

/** One connection, from `hello` to its end. */
class Line {
  readonly #socket: Socket
  readonly #lines = new Lines()
  readonly #asked = new Map<number, (answer: Answer | undefined) => void>()
  readonly #ends = new Map<number, (end: HeirEnd | undefined) => void>()
  readonly #early = new Map<number, HeirEnd>()
  readonly #gone = new Set<() => void>()
  #lastRequest = 0
  pid: number | undefined
  cannotHold: string | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Undefined when nobody answers there. @throws ports-unavailable when that is no keeper */
  static open(path: string): Promise<Line | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<Line | undefined>()
    const socket = connect(path)
    const line = new Line(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      line.#lose()
      resolve(undefined)
    })
    socket.on('data', (chunk) => {
      try {
        for (const text of line.#lines.take(chunk)) line.#hear(JSON.parse(text) as KeeperSays)
      } catch (error) {
        reject(unavailable(`Who answers at ${path} is no keeper: ${String(error)}.`))
        socket.destroy()
        return
      }
      if (line.pid === undefined) return
      // The daemon does not stay for its keeper's sake, but for an answer.
      if (line.#asked.size === 0) socket.unref()
      resolve(line)
    })
    return promise
  }

  async ask(question: Question): Promise<Answer> {
    this.#lastRequest += 1
    const request = this.#lastRequest
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>()
    this.#asked.set(request, resolve)
    this.#socket.ref()
    this.#socket.write(`${JSON.stringify({ request, ...question })}\n`)
    const answer = await promise
    if (this.#asked.size === 0) this.#socket.unref()
    if (answer === undefined) throw unavailable('The keeper ended before it answered.')
    return answer
  }

  endOf(pid: number): Promise<HeirEnd | undefined> {
    const { promise, resolve } = Promise.withResolvers<HeirEnd | undefined>()
    const early = this.#early.get(pid)
    if (early !== undefined || this.#socket.destroyed) resolve(early)
    else this.#ends.set(pid, resolve)
    this.#early.delete(pid)
    return promise
  }

  onGone(gone: () => void): void {
    this.#gone.add(gone)
  }

  close(): void {
    this.#socket.destroy()
  }

  #hear(words: KeeperSays): void {
    if (words.says === 'hello') {
      this.pid = words.pid
      this.cannotHold = words.cannotHold
    } else if (words.says === 'ended') {
      const end = { code: words.code, signal: words.signal }
      const waiting = this.#ends.get(words.pid)
      if (waiting === undefined) this.#early.set(words.pid, end)
      else waiting(end)
      this.#ends.delete(words.pid)
    } else {
      this.#asked.get(words.request)?.(words)
      this.#asked.delete(words.request)
    }
  }

  #lose(): void {
    for (const answer of this.#asked.values()) answer(undefined)
    for (const end of this.#ends.values()) end(undefined)
    this.#asked.clear()
    this.#ends.clear()
    for (const gone of this.#gone) gone()
  }
}
