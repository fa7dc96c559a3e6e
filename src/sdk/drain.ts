/**
 * Ends a server so that no client loses a request: it stops accepting, answers what is under way and
 * what still comes on open connections, tells every client to connect anew, and closes the rest late.
 *
 * `server.close()` of Node ends idle connections at once, and with them the requests that are on
 * their way there. This never does. Other processes that have the same listening socket go on with it.
 */
import type { ServerResponse } from 'node:http'
import { Server, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { companionsOf } from './companions.ts'
import { type WatchedConnections, watchConnections } from './watched-connections.ts'

/** How long a server may take to end. */
export interface DrainOptions {
  /**
   * How long a connection without a request is kept open for the next one: longer than clients pause
   * between requests. @unit ms @default 5000
   */
  readonly lingerMs?: number
  /** After this, whatever is still under way is cut off. @unit ms @default 25000 */
  readonly deadlineMs?: number
  /**
   * Ends one upgraded connection; called once for each, as soon as draining begins. For `ws`:
   * `closeUpgraded: () => wss.clients.forEach((client) => client.close(1012))`.
   *
   * @default writes a WebSocket close frame with 1012 (service restart), on WebSockets only
   */
  readonly closeUpgraded?: (socket: Socket) => void
}

/** How a server has ended. */
export interface DrainOutcome {
  /** `clean`: nobody was cut off in the middle of anything. */
  readonly verdict: 'clean' | 'cut'
  /** Requests and upgraded connections that were cut off. */
  readonly cutCount: number
  /** @unit ms */
  readonly tookMs: number
}

/** A WebSocket close frame, unmasked as a server sends it: 1012, service restart. @source RFC 6455 */
const CLOSE_1012: Buffer = Buffer.from([0x88, 0x02, 0x03, 0xf4])

/** The highest stream there can be: "nothing new, but all you have sent counts". @source RFC 9113 6.8 */
const LAST_STREAM = 2 ** 31 - 1

const SWEEP_MS = 20

/** For how many turns of the event loop nobody must have come, and how long that is waited for. */
const QUIET_TURNS = 4
const QUIET_WITHIN_MS = 500

/** What servers of HTTP/1.1 can do beside. */
interface ClosesConnections {
  closeIdleConnections?(): void
  closeAllConnections?(): void
}

const drains = new WeakMap<Server, Promise<DrainOutcome>>()

/**
 * Drains a server of `node:http`, `https`, `http2` or `net`, and whatever is built on one; resolves
 * once its last connection has closed. Again, it gives the same promise. `listen` and `drainOnSignal`
 * watch the server from its beginning; without them call `watchConnections(server)` before it
 * listens, else connections from before are only known by the requests they still send.
 *
 * @example
 * process.once('SIGTERM', async () => {
 *   await drain(server, { lingerMs: 5_000, deadlineMs: 25_000 })
 *   await database.end()
 * })
 */
export function drain(server: Server, options: DrainOptions = {}): Promise<DrainOutcome> {
  const under = drains.get(server)
  if (under !== undefined) return under
  const outcome = new Drain(server, options).run()
  drains.set(server, outcome)
  return outcome
}

class Drain {
  readonly #servers: readonly Server[]
  readonly #server: Server & ClosesConnections
  readonly #options: DrainOptions
  readonly #watched: WatchedConnections
  readonly #told = new WeakSet<object>()
  #cutCount = 0

  constructor(server: Server, options: DrainOptions) {
    this.#server = server
    this.#servers = [server, ...companionsOf(server)]
    this.#options = options
    this.#watched = watchConnections(server)
  }

  async run(): Promise<DrainOutcome> {
    const { lingerMs = 5_000, deadlineMs = 25_000 } = this.#options
    const startMs = performance.now()
    this.#watched.onRequest = askToClose
    this.#watched.onBegun = () => this.#tellAll()
    this.#tellAll()
    await Promise.all(this.#servers.map(takeQueued))
    const ended = Promise.all(this.#servers.map(endOf))
    // Only from now on is every connection known, and the last one as old as the linger.
    let sweep: NodeJS.Timeout | undefined
    const linger = setTimeout(() => {
      sweep = setInterval(() => this.#closeIdle(), SWEEP_MS)
      this.#closeIdle()
    }, lingerMs)
    const deadline = setTimeout(() => this.#cut(), deadlineMs - (performance.now() - startMs))
    await ended
    for (const timer of [linger, deadline, sweep]) clearTimeout(timer)
    const verdict = this.#cutCount === 0 ? 'clean' : 'cut'
    return { verdict, cutCount: this.#cutCount, tookMs: performance.now() - startMs }
  }

  /** Asks everybody, once, to go elsewhere with what comes next. */
  #tellAll(): void {
    const { closeUpgraded = closeWebSocket } = this.#options
    for (const [socket, { responses, upgradedTo }] of this.#watched.sockets) {
      for (const response of responses) askToClose(response)
      if (upgradedTo === undefined || this.#told.has(socket)) continue
      this.#told.add(socket)
      if (upgradedTo === 'websocket' || closeUpgraded !== closeWebSocket) closeUpgraded(socket)
    }
    for (const session of this.#watched.sessions) {
      if (this.#told.has(session)) continue
      this.#told.add(session)
      session.goaway(0, LAST_STREAM)
    }
  }

  #closeIdle(): void {
    this.#server.closeIdleConnections?.()
    for (const session of this.#watched.sessions) session.close()
    for (const [socket, { responses, upgradedTo }] of this.#watched.sockets) {
      // Connected ahead of need: the server's own list takes it for busy until its first byte.
      const isUnused = socket.bytesRead === 0 && responses.size === 0 && upgradedTo === undefined
      if (isUnused && this.#isHttp()) socket.destroy()
    }
  }

  #cut(): void {
    const { sockets, sessions, streams } = this.#watched
    this.#cutCount += streams.size
    for (const { responses, upgradedTo } of sockets.values()) {
      this.#cutCount += responses.size + (upgradedTo === undefined && this.#isHttp() ? 0 : 1)
    }
    for (const session of sessions) session.destroy()
    for (const socket of sockets.keys()) socket.destroy()
    this.#server.closeAllConnections?.()
  }

  // A connection of a protocol that is not known may be in the middle of anything.
  #isHttp(): boolean {
    return 'closeIdleConnections' in this.#server || 'updateSettings' in this.#server
  }
}

/** Closes the listener of this process only, and waits for the connections it has accepted. */
async function endOf(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    // The method of `node:http` would close idle connections as well. A server that does not listen
    // answers with an error, which says that there is nothing to wait for.
    Server.prototype.close.call(server, () => resolve())
  })
}

/**
 * Takes the connections that the system has accepted for this process before it closes the listener,
 * which would reset them: a proxy that was told to send no more may just have opened some.
 */
async function takeQueued(server: Server): Promise<void> {
  if (!server.listening) return
  let quietTurns = 0
  const onConnection = (): void => {
    quietTurns = 0
  }
  server.on('connection', onConnection)
  // With a shared socket new ones keep coming; whoever else has it takes them.
  const untilMs = performance.now() + QUIET_WITHIN_MS
  while (quietTurns < QUIET_TURNS && performance.now() < untilMs) {
    await nextTurn()
    quietTurns += 1
  }
  server.removeListener('connection', onConnection)
}

function askToClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}

function closeWebSocket(socket: Socket): void {
  if (socket.writable) socket.write(CLOSE_1012)
}
