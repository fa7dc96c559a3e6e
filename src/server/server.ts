/**
 * The daemon's HTTP API over a Unix socket. Who may connect is the file system's business: the socket
 * is its owner's alone, in a folder that is its owner's alone. It decides nothing; the engine does.
 */
import { chmodSync } from 'node:fs'
import type { FastifyError } from 'fastify'
import { AssertionFailure } from '../core/fault/assert.ts'
import { FAULT_CODES } from '../core/fault/codes.ts'
import { Fault } from '../core/fault/fault.ts'
import { type App, openApp } from './app.ts'
import type { ServerParts } from './parts.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { RampIndex } from './ramp-index.ts'
import { addRoutes } from './routes.ts'

/** The API of one daemon. */
export class Server {
  readonly #app: App
  readonly #parts: ServerParts
  #connections = 0
  #activeAtMs: number
  #isClosing = false

  constructor(parts: ServerParts) {
    this.#parts = parts
    this.#activeAtMs = parts.clock.nowMs()
    this.#app = openApp()
    this.#app.server.on('connection', (socket) => {
      this.#connections += 1
      socket.once('close', () => {
        this.#connections -= 1
        this.#activeAtMs = parts.clock.nowMs()
      })
    })
    this.#answerFaults()
    const index = new RampIndex(parts)
    addRoutes(this.#app, parts, index)
  }

  /** Since when nobody has been connected; undefined while somebody is. */
  get idleSinceMs(): number | undefined {
    return this.#connections > 0 ? undefined : this.#activeAtMs
  }

  /** Listens on a socket that is its owner's alone. */
  async listen(socketPath: string): Promise<void> {
    await this.#app.listen({ path: socketPath })
    chmodSync(socketPath, 0o600)
    this.#activeAtMs = this.#parts.clock.nowMs()
  }

  /** Refuses everything from now on; who is connected stays so until `close`. */
  beginClosing(): void {
    this.#isClosing = true
  }

  /** Stops listening and drops every connection. Idempotent. */
  async close(): Promise<void> {
    this.beginClosing()
    await this.#app.close()
  }

  #answerFaults(): void {
    this.#app.addHook('onRequest', (_request, _reply, done) => {
      done(this.#isClosing ? closing() : undefined)
    })
    this.#app.setNotFoundHandler((request) => {
      throw routeUnknown(request.method, request.url)
    })
    this.#app.setErrorHandler(async (error, request, reply) => {
      const fault = this.#faultOf(error, `${request.method} ${request.url}`)
      const { httpStatus } = FAULT_CODES[fault.code]
      return await reply.code(httpStatus).type(PROBLEM_TYPE).send(problemOf(fault))
    })
  }

  /** What to tell of a thrown value. Bugs of ours are told without their details, and reported. */
  #faultOf(error: unknown, operation: string): Fault {
    if (error instanceof Fault) return error
    const { statusCode, message } = error as FastifyError
    if (!(error instanceof AssertionFailure) && statusCode !== undefined && statusCode < 500) {
      return new Fault({ code: 'request-malformed', operation, subject: 'request', hint: message })
    }
    this.#parts.onTrouble(error)
    const hint = 'The daemon failed by a bug of its own; .rampart/daemon.log says more.'
    return new Fault({ code: 'daemon-failed', operation, subject: 'daemon', hint, cause: error })
  }
}

function closing(): Fault {
  const hint = 'The daemon is shutting down; `rampart daemon status` says when it is back.'
  return new Fault({ code: 'engine-closed', operation: 'ask the daemon', subject: 'daemon', hint })
}

function routeUnknown(method: string, url: string): Fault {
  return new Fault({
    code: 'route-unknown',
    operation: `${method} ${url}`,
    subject: url,
    hint: 'The daemon has no such address; it may be of another version.',
  })
}
