/**
 * One session with the PostgreSQL that holds a job queue. When the signal aborts, there is a moment
 * left to take the canary back; then the statement that still runs is cancelled on the server and the
 * connection is destroyed.
 */
import type { Socket } from 'node:net'
import type { Client, CustomTypesConfig } from 'pg'
import { openConnection } from '../connection/open-connection.ts'
import { limitBytes } from './limit-bytes.ts'

/** How long after the abort, and how long for goodbye. @unit ms */
const GRACE_MS = 200
const CANCEL_REQUEST_CODE = 80_877_102

/** A row: numbers and texts as the driver reads them. */
export type Row = Readonly<Record<string, unknown>>

/** Where to sign in. */
export interface SqlSessionOptions {
  readonly url: URL
  readonly host: string
  readonly port: number
  /** Connected, and owned by the session from now on. */
  readonly socket: Socket
  readonly signal: AbortSignal
}

/** A session that has been opened. */
export class SqlSession {
  readonly #client: Client
  readonly #options: SqlSessionOptions
  readonly #abort: () => void
  #isBusy = false
  #grace: NodeJS.Timeout | undefined

  private constructor(client: Client, options: SqlSessionOptions) {
    this.#client = client
    this.#options = options
    limitBytes(options.socket)
    // The failure itself arrives at whoever waits for an answer.
    client.on('error', () => undefined)
    this.#abort = () => {
      this.#grace = setTimeout(() => void this.#cancel(), GRACE_MS)
    }
    options.signal.addEventListener('abort', this.#abort, { once: true })
    if (options.signal.aborted) this.#abort()
  }

  /** Prepares a session over the socket. Loading the driver is left to who needs it. */
  static async over(options: SqlSessionOptions): Promise<SqlSession> {
    const { Client, types } = await import('pg')
    const client = new Client({
      connectionString: options.url.href,
      application_name: 'rampart',
      stream: () => asUnconnected(options.socket),
      types: types as CustomTypesConfig,
    })
    // Otherwise the driver would use the daemon's own PGPASSWORD or ~/.pgpass.
    if (options.url.password === '') client.password = ''
    return new SqlSession(client, options)
  }

  /** Signs in; rejects with the server's or the connection's error. */
  async open(): Promise<void> {
    const { signal, socket } = this.#options
    // Nothing is to be taken back before anything was done.
    const drop = (): unknown => socket.destroy()
    signal.addEventListener('abort', drop, { once: true })
    if (signal.aborted) drop()
    await this.#client.connect()
    signal.removeEventListener('abort', drop)
  }

  /** The rows of one statement; rejects with the server's or the connection's error. */
  async query(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    this.#isBusy = true
    try {
      const { rows } = await this.#client.query<Row>(sql, [...values])
      return rows
    } finally {
      this.#isBusy = false
    }
  }

  /** Calls `heard` with the payload of each notification of one of the session's channels. */
  onNotification(heard: (payload: string) => void): void {
    this.#client.on('notification', ({ payload }) => heard(payload ?? ''))
  }

  /** Says goodbye. Settles soon, and leaves nothing open. */
  async close(): Promise<void> {
    const { socket, signal } = this.#options
    if (!socket.destroyed && !this.#isBusy) await within(this.#client.end(), GRACE_MS)
    clearTimeout(this.#grace)
    signal.removeEventListener('abort', this.#abort)
    socket.destroy()
  }

  /** A cancel request is a connection of its own, that the server closes without an answer. */
  async #cancel(): Promise<void> {
    const { processID, secretKey } = this.#client as unknown as {
      readonly processID: number | null
      readonly secretKey: number | null
    }
    const { socket } = this.#options
    if (this.#isBusy && processID !== null && secretKey !== null) {
      const connection = await openConnection(this.#options, AbortSignal.timeout(GRACE_MS))
      if (connection.opened) {
        const { socket: line } = connection
        line.on('error', () => undefined)
        line.end(cancelRequest(processID, secretKey), () => line.destroy())
      }
    }
    socket.destroy()
  }
}

function cancelRequest(processID: number, secretKey: number): Buffer {
  const request = Buffer.alloc(16)
  for (const [at, word] of [16, CANCEL_REQUEST_CODE, processID, secretKey].entries()) {
    request.writeInt32BE(word, at * 4)
  }
  return request
}

/** The driver wants to connect its socket itself; this one is connected already. */
function asUnconnected(socket: Socket): Socket {
  socket.connect = (): Socket => {
    process.nextTick(() => socket.emit('connect'))
    return socket
  }
  return socket
}

async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  // A goodbye that fails is as good as one that is heard: the socket is destroyed next.
  await Promise.race([promise.catch(() => undefined), late])
  clearTimeout(timer)
}
