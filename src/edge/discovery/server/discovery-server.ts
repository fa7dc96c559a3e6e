/**
 * Tells over HTTP who serves what, on a port of its own: for programs that should not have the key to
 * everything else that Rampart does. It listens on loopback addresses unless told otherwise.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isLoopback } from '../../../core/port/port-claim.ts'
import { isOwnName, nameOfHost } from '../host-names.ts'
import type { ServiceWatchParts } from '../http/service-watch.ts'
import { answerProblem } from '../http/write-answer.ts'
import { beginListening, endListening, portOf } from '../listening.ts'
import { DiscoveryHandler, ENVOY_PATH } from './discovery-handler.ts'

/** What it serves, and where. */
export interface DiscoveryServerOptions extends ServiceWatchParts {
  /** @default 127.0.0.1 */
  readonly address?: string
  /** @default 0: any that is free */
  readonly port?: number
  /** Told of what is a bug of ours; whoever asked loses their connection. */
  readonly onTrouble: (error: unknown) => void
}

const CONNECTIONS_MAX = 8_192
const HEAD_MS = 10_000
const BACKLOG = 4_096

/** Longer than clients keep theirs, so that none is closed that is just used. */
const CLIENT_IDLE_MS = 75_000

/** A server that listens until it is closed. */
export class DiscoveryServer {
  readonly #server: Server
  readonly #handler: DiscoveryHandler
  readonly #options: DiscoveryServerOptions

  private constructor(options: DiscoveryServerOptions) {
    this.#options = options
    this.#handler = new DiscoveryHandler(options)
    const limits = { headersTimeout: HEAD_MS, keepAliveTimeout: CLIENT_IDLE_MS, noDelay: true }
    this.#server = createServer(limits, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        options.onTrouble(error)
        response.destroy()
      })
    })
    this.#server.maxConnections = CONNECTIONS_MAX
  }

  /** Listens. @throws what the system says when it cannot */
  static async open(options: DiscoveryServerOptions): Promise<DiscoveryServer> {
    const server = new DiscoveryServer(options)
    const { port = 0, address: host = '127.0.0.1' } = options
    await beginListening(server.#server, { port, host, backlog: BACKLOG })
    return server
  }

  get port(): number {
    return portOf(this.#server)
  }

  /** How many wait for something new. */
  get waiting(): number {
    return this.#handler.waiting
  }

  /** Cuts off everybody who waits. Idempotent. */
  async close(): Promise<void> {
    await endListening(this.#server, () => this.#server.closeAllConnections())
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = { request, response }
    const name = nameOfHost(request.headers.host)
    const isMeant = isOwnName(name) || mayBeEnvoy(request)
    if (isLoopback(this.#options.address ?? '127.0.0.1') && !isMeant) {
      const detail = `this is not ${name ?? 'a server without a name'}; say localhost`
      answerProblem(exchange, 'request-malformed', detail)
      return
    }
    if (await this.#handler.handle(exchange)) return
    answerProblem(exchange, 'route-unknown', 'ask for /v1/services')
  }
}

/**
 * Envoy names as the host what it calls the cluster by which it asks. With a page of the web that lets
 * its own name mean this machine it cannot be confused: browsers say with every POST whose page it is.
 *
 * @source https://fetch.spec.whatwg.org/#append-a-request-origin-header
 */
function mayBeEnvoy({ method, url, headers }: IncomingMessage): boolean {
  return method === 'POST' && url === ENVOY_PATH && headers.origin === undefined
}
