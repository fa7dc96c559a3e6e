/**
 * One session with a PostgreSQL server: over TCP, from the start-up message to ReadyForQuery, then
 * queries one at a time. When the signal aborts, the query that is running is cancelled on the server
 * and the connection is destroyed, so that neither is left behind.
 */
import type { Socket } from 'node:net'
import pg from 'pg'
import type { JsonObject } from '../../core/units/json.ts'
import { openConnection } from '../connection/open-connection.ts'
import { columnTypes } from './column-types.ts'
import { guardClient } from './guard-stream.ts'

/** How long a polite goodbye, or cancelling a query, may take. @unit ms */
const GOODBYE_MS = 250
const CANCEL_REQUEST_CODE = 80_877_102

/** Where to sign in. */
export interface SessionOptions {
  readonly url: string
  readonly host: string
  readonly port: number
  /** Connected, and owned by the session from now on. */
  readonly socket: Socket
  readonly signal: AbortSignal
}

/** Rows of a query, and whether there were more. */
export interface LimitedRows {
  readonly rows: readonly JsonObject[]
  readonly isTruncated: boolean
}

/** A session that has been opened, or is being opened. */
export class Session {
  readonly #client: pg.Client
  readonly #options: SessionOptions
  readonly #abort: () => void
  #isBusy = false
  #isCutOff = false

  constructor(options: SessionOptions) {
    this.#options = options
    this.#client = new pg.Client({
      connectionString: options.url,
      application_name: 'rampart',
      stream: () => asUnconnected(options.socket),
      types: columnTypes as pg.CustomTypesConfig,
    })
    guardClient(this.#client)
    // Otherwise the driver would use the daemon's own PGPASSWORD or ~/.pgpass.
    if (!hasPassword(options.url)) this.#client.password = ''
    // The failure itself arrives at whoever waits for an answer.
    this.#client.on('error', () => undefined)
    this.#abort = () => options.socket.destroy()
    options.signal.addEventListener('abort', this.#abort, { once: true })
    if (options.signal.aborted) this.#abort()
  }

  /** Signs in; rejects with the server's or the connection's error. */
  async open(): Promise<void> {
    await this.#client.connect()
  }

  /** The rows of one statement; rejects with the server's or the connection's error. */
  async query(sql: string, values: readonly unknown[] = []): Promise<readonly JsonObject[]> {
    this.#isBusy = true
    const { rows } = await this.#client.query<JsonObject>(sql, [...values])
    this.#isBusy = false
    return rows
  }

  /** All rows of several statements that are sent at once; rejects like {@link query}. */
  async queryInTurn(sql: string): Promise<readonly JsonObject[]> {
    this.#isBusy = true
    // It gives a list when there are several statements, which the driver's types do not know.
    const results: unknown = await this.#client.query<JsonObject>(sql)
    this.#isBusy = false
    const list = Array.isArray(results) ? results : [results]
    return (list as readonly pg.QueryResult<JsonObject>[]).flatMap(({ rows }) => rows)
  }

  /**
   * The first rows of one statement. The session can only be closed afterwards, because what is too
   * much is cut off.
   */
  async queryAtMost(sql: string, rowsMax: number): Promise<LimitedRows> {
    this.#isBusy = true
    const rows: JsonObject[] = []
    const { promise, resolve, reject } = Promise.withResolvers<LimitedRows>()
    // The extended protocol takes one statement only, so nothing can follow a semicolon.
    const config = { text: sql, queryMode: 'extended', types: columnTypes as pg.CustomTypesConfig }
    const query = this.#client.query(new pg.Query<JsonObject>(config))
    query.on('row', (row) => {
      if (rows.length < rowsMax) rows.push(row)
      else {
        this.#isCutOff = true
        resolve({ rows, isTruncated: true })
      }
    })
    query.on('end', () => {
      this.#isBusy = false
      resolve({ rows, isTruncated: false })
    })
    query.on('error', reject)
    return await promise
  }

  /** Says goodbye, or cuts the connection off. Settles soon, and leaves nothing open. */
  async close(): Promise<void> {
    const { socket, signal } = this.#options
    if (this.#isCutOff || (this.#isBusy && signal.aborted)) await this.#cancel()
    else if (!signal.aborted && !socket.destroyed) await within(this.#client.end(), GOODBYE_MS)
    signal.removeEventListener('abort', this.#abort)
    socket.destroy()
  }

  /** A cancel request is a connection of its own, that the server closes without an answer. */
  async #cancel(): Promise<void> {
    const { processID, secretKey } = this.#client as unknown as {
      readonly processID: number | null
      readonly secretKey: number | null
    }
    if (processID === null || secretKey === null) return
    const connection = await openConnection(this.#options, AbortSignal.timeout(GOODBYE_MS))
    if (!connection.opened) return
    const request = Buffer.alloc(16)
    for (const [at, word] of [16, CANCEL_REQUEST_CODE, processID, secretKey].entries()) {
      request.writeInt32BE(word, at * 4)
    }
    const closed = new Promise<void>((resolve) => connection.socket.once('close', () => resolve()))
    connection.socket.on('error', () => undefined)
    connection.socket.resume().end(request)
    await within(closed, GOODBYE_MS)
    connection.socket.destroy()
  }
}

function hasPassword(url: string): boolean {
  return (URL.parse(url)?.password ?? '') !== ''
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
