/**
 * The HTTP API. Over a Unix socket it serves the owner of the machine's account: the socket is theirs
 * alone, in a folder that is theirs alone. Over the network it serves whoever is known by a token or a
 * session. It decides nothing; the engine does.
 */
import { chmodSync } from 'node:fs'
import type { Server as HttpServer } from 'node:http'
import { Fault } from '../core/fault/fault.ts'
import { answerFaults } from './answer-faults.ts'
import { type Api, openApi } from './api.ts'
import { type App, openApp } from './app.ts'
import { type NetDoor, type NetDoorOptions, openNetDoor } from './net-door.ts'
import type { ServerParts } from './parts.ts'
import { addRoutes } from './routes.ts'

/** How others come to the server, if they do. */
export interface ServerOptions {
  /** It will be reached over the network: its answers are made smaller, and safe for browsers. */
  readonly forNetwork?: boolean
  /** A proxy stands before it, and says truly who asks. @default false */
  readonly isBehindProxy?: boolean
  /** The folder of the built dashboard. @default where the build puts it */
  readonly dashboard?: string | undefined
}

/** Puts an API together; it listens nowhere yet. */
export async function openServer(parts: ServerParts, options: ServerOptions = {}): Promise<Server> {
  const app = openApp({ trustProxy: options.isBehindProxy === true })
  answerFaults(app, parts.onTrouble)
  if (options.forNetwork === true) {
    // Loaded only here: a laptop's daemon serves one machine, and starts faster without.
    const { prepareForNetwork } = await import('./prepare-for-network.ts')
    await prepareForNetwork(app, parts)
  }
  const server = new Server(app, parts)
  if (options.forNetwork === true) {
    const { addDashboard, dashboardFolder } = await import('./dashboard.ts')
    addDashboard(app, options.dashboard ?? dashboardFolder())
  }
  return server
}

/** The API of one daemon. */
export class Server {
  readonly #app: App
  readonly #api: Api
  readonly #parts: ServerParts
  #door: NetDoor | undefined
  #connections = 0
  #activeAtMs: number
  #isClosing = false

  constructor(app: App, parts: ServerParts) {
    this.#app = app
    this.#parts = parts
    this.#activeAtMs = parts.clock.nowMs()
    this.#app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id)
      done(this.#isClosing ? closing() : undefined)
    })
    this.#api = openApi(app, parts)
    addRoutes(app, this.#api)
    this.#count(app.server)
  }

  /** Since when nobody has been connected; undefined while somebody is. */
  get idleSinceMs(): number | undefined {
    return this.#connections > 0 ? undefined : this.#activeAtMs
  }

  /** Listens on a socket that is its owner's alone. */
  async listen(socketPath: string): Promise<void> {
    this.#api.access.localDoor.watch(this.#app.server)
    await this.#app.listen({ path: socketPath })
    this.#api.notifications?.start()
    chmodSync(socketPath, 0o600)
    this.#activeAtMs = this.#parts.clock.nowMs()
  }

  /**
   * Listens on the network as well.
   *
   * @returns the door, with its address
   * @throws address-unusable
   */
  async listenOnNetwork(options: NetDoorOptions): Promise<NetDoor> {
    await this.#app.ready()
    const { onTrouble: onStalled } = this.#parts
    this.#door = await openNetDoor({ onStalled, ...options }, (request, response) => {
      this.#app.routing(request, response)
    })
    this.#count(this.#door.server)
    return this.#door
  }

  /** Refuses everything from now on; who is connected stays so until `close`. */
  beginClosing(): void {
    this.#isClosing = true
    this.#door?.stop()
  }

  /** Sends no notification any more; to be called before what they are kept in is closed. Idempotent. */
  async stopTelling(): Promise<void> {
    await this.#api.notifications?.close()
  }

  /** Stops listening and drops every connection. Idempotent. */
  async close(): Promise<void> {
    this.beginClosing()
    await this.#door?.close()
    await this.#app.close()
    await this.#api.close()
  }

  #count(server: HttpServer): void {
    server.on('connection', (socket) => {
      this.#connections += 1
      socket.once('close', () => {
        this.#connections -= 1
        this.#activeAtMs = this.#parts.clock.nowMs()
      })
    })
  }
}

function closing(): Fault {
  const hint = 'The daemon is shutting down; `rampart daemon status` says when it is back.'
  return new Fault({ code: 'engine-closed', operation: 'ask the daemon', subject: 'daemon', hint })
}
