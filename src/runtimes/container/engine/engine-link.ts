/** Speaks HTTP over the engine's socket. Knows nothing of containers. */
import type { Readable } from 'node:stream'
import type { Dispatcher, Pool } from 'undici'
import { EngineTrouble } from './engine-trouble.ts'

/** How long the engine may think before it answers at all. @unit ms */
const THINK_MS = 60_000

/** One thing asked. */
export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Without a query. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
  readonly signal?: AbortSignal | undefined
}

/** What was answered. */
export interface EngineReply {
  readonly status: number
  readonly text: string
}

/** A way to one engine. */
export class EngineLink {
  readonly #pool: Pool
  readonly #socketPath: string

  private constructor(pool: Pool, socketPath: string) {
    this.#pool = pool
    this.#socketPath = socketPath
  }

  /** The library is loaded here, so that a daemon without containers never pays for it. */
  static async open(socketPath: string): Promise<EngineLink> {
    const { Pool } = await import('undici')
    const timeouts = { headersTimeout: THINK_MS, bodyTimeout: 0 }
    return new EngineLink(new Pool('http://engine', { socketPath, ...timeouts }), socketPath)
  }

  /**
   * Asks and waits for the whole answer, whatever its status.
   *
   * @throws EngineTrouble when nobody answers; what the signal was aborted with, when it was
   */
  async ask(request: EngineRequest): Promise<EngineReply> {
    const answer = await this.#send(request)
    try {
      return { status: answer.statusCode, text: await answer.body.text() }
    } catch (error) {
      throw this.#trouble(request, error)
    }
  }

  /**
   * Asks and answers with what goes on coming.
   *
   * @throws EngineTrouble when it is refused
   */
  async follow(request: EngineRequest): Promise<Readable> {
    const answer = await this.#send(request)
    if (answer.statusCode < 300) return answer.body
    const text = await answer.body.text()
    throw refusal(request, { status: answer.statusCode, text })
  }

  /** Breaks off whatever is under way. Idempotent. */
  close(): void {
    // Those who still wait are told by their own rejections.
    this.#pool.destroy().catch(() => undefined)
  }

  async #send(request: EngineRequest): Promise<Dispatcher.ResponseData> {
    const { method, path, query = {}, body, signal } = request
    const search = new URLSearchParams(query).toString()
    try {
      return await this.#pool.request({
        method,
        path: search === '' ? path : `${path}?${search}`,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        ...(signal === undefined ? {} : { signal }),
      })
    } catch (error) {
      throw this.#trouble(request, error)
    }
  }

  #trouble({ signal, path }: EngineRequest, error: unknown): unknown {
    if (signal?.aborted === true) return error
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === undefined ? message : code
    const said = `The container engine at ${this.#socketPath} does not answer ${path}: ${why}.`
    return new EngineTrouble(said, { cause: error })
  }
}

/** The refusal in an answer, in the engine's own words. */
export function refusal(request: EngineRequest, reply: EngineReply): EngineTrouble {
  const { status } = reply
  const asked = `${request.method} ${request.path}`
  return new EngineTrouble(`The engine refused ${asked} with ${status}: ${messageOf(reply.text)}`, {
    status,
  })
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown }
    if (typeof message === 'string') return message.trim()
  } catch {
    // Not JSON: then the text itself is the message.
  }
  return text.trim().slice(0, 500)
}
