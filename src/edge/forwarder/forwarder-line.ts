/** One connection of a daemon to a forwarder process, from its hello to its end. */
import { connect, type Socket } from 'node:net'
import { encodeFrame, Frames, FrameTooLong } from '../../channel/frames.ts'
import { Fault } from '../../core/fault/fault.ts'
import {
  FORWARDER_VERSION,
  type ForwarderHears,
  type ForwarderNote,
  type ForwarderSays,
  parseHello,
} from './forwarder-words.ts'

/** How long an answer may take before the process counts as stuck. @unit ms */
const ANSWER_MS = 10_000

/** A question without its number. */
export type ForwarderQuestion = ForwarderHears extends infer One
  ? One extends { readonly request: number }
    ? Omit<One, 'request'>
    : never
  : never

type Answer = Extract<ForwarderSays, { readonly request: number }>

/** What is told without being asked for. */
export interface LineListener {
  onDenied(denied: Extract<ForwarderSays, { readonly says: 'denied' }>): void
  onNoted(note: ForwarderNote): void
  /** A newer daemon has taken over; the line ends next. */
  onReplaced(): void
  /** The connection has ended, and with it usually the process. */
  onGone(): void
}

/** Of whoever looks without staying. */
export const UNHEARD: LineListener = {
  onDenied: () => undefined,
  onNoted: () => undefined,
  onReplaced: () => undefined,
  onGone: () => undefined,
}

/** Thrown where a line ends before it has answered: the question may be asked again. */
export class LineLost extends Error {}

/** A connection; its process has said hello in our version. */
export class ForwarderLine {
  readonly #socket: Socket
  readonly #frames = new Frames()
  readonly #asked = new Map<number, (answer: Answer | undefined) => void>()
  #listener: LineListener | undefined
  #lastRequest = 0
  #pid: number | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  /**
   * Undefined when nobody answers there.
   *
   * @throws data-plane-failed when who answers speaks another version
   */
  static open(path: string, listener: LineListener): Promise<ForwarderLine | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<ForwarderLine | undefined>()
    const socket = connect(path)
    const line = new ForwarderLine(socket)
    const stuck = setTimeout(() => {
      reject(
        failed('connect', 0, `who listens at ${path} says nothing; look at what keeps it busy.`),
      )
      socket.destroy()
    }, ANSWER_MS)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(stuck)
      line.#lose()
      resolve(undefined)
    })
    socket.on('data', (piece) => {
      try {
        for (const message of line.#frames.take(piece)) line.#hear(message)
      } catch (error) {
        reject(error)
        socket.destroy()
      }
      if (line.#pid === undefined || line.#listener !== undefined) return
      clearTimeout(stuck)
      line.#listener = listener
      // The daemon does not stay for its forwarder's sake, but for an answer.
      socket.unref()
      resolve(line)
    })
    return promise
  }

  get pid(): number {
    return this.#pid ?? 0
  }

  /**
   * Its answer.
   *
   * @throws LineLost when it ended first, data-plane-failed when it refuses or is stuck
   */
  async ask(question: ForwarderQuestion): Promise<Answer> {
    this.#lastRequest += 1
    const request = this.#lastRequest
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>()
    if (this.#socket.destroyed) throw new LineLost('it has ended')
    const frame = this.#encode(request, question)
    this.#asked.set(request, resolve)
    this.#socket.ref()
    this.#socket.write(frame)
    const stuck = setTimeout(() => {
      const hint = `process ${this.pid} does not answer; look at what keeps it busy, or kill it.`
      resolve({ says: 'refused', request, hint })
    }, ANSWER_MS)
    const answer = await promise
    clearTimeout(stuck)
    this.#asked.delete(request)
    if (this.#asked.size === 0) this.#socket.unref()
    if (answer === undefined) throw new LineLost('it ended before it answered')
    if (answer.says === 'refused') throw failed(question.do, this.pid, answer.hint)
    return answer
  }

  #encode(request: number, question: ForwarderQuestion): Buffer {
    try {
      return encodeFrame({ request, ...question })
    } catch (error) {
      if (!(error instanceof FrameTooLong)) throw error
      throw failed(question.do, this.pid, `it is told too much at once: ${error.message}.`)
    }
  }

  close(): void {
    this.#listener = undefined
    this.#socket.destroy()
  }

  #hear(message: unknown): void {
    if (this.#pid === undefined) this.#greet(message)
    else {
      // It speaks our version, which its hello has proved.
      const words = message as ForwarderSays
      if (words.says === 'denied') this.#listener?.onDenied(words)
      else if (words.says === 'noted') this.#listener?.onNoted(words)
      else if (words.says === 'replaced') this.#listener?.onReplaced()
      else if (words.says !== 'hello') this.#asked.get(words.request)?.(words)
    }
  }

  #greet(message: unknown): void {
    const hello = parseHello(message)
    if (hello?.version === FORWARDER_VERSION) {
      this.#pid = hello.pid
      return
    }
    const hint =
      hello === undefined
        ? 'whoever listens there is no forwarder of Rampart.'
        : `process ${hello.pid} speaks version ${hello.version}, this daemon ${FORWARDER_VERSION}: ` +
          'another release of Rampart has started it. It goes on as it is; end it when its service ' +
          `may pause, and a new one takes its place: \`kill ${hello.pid}\`.`
    throw failed('connect', hello?.pid ?? 0, hint)
  }

  #lose(): void {
    for (const answer of this.#asked.values()) answer(undefined)
    this.#asked.clear()
    this.#listener?.onGone()
    this.#listener = undefined
  }
}

function failed(operation: string, pid: number, hint: string): Fault {
  return new Fault({ code: 'data-plane-failed', operation, subject: `forwarder ${pid}`, hint })
}
