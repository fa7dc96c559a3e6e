/**
 * One session with a MySQL or MariaDB server over a connection that is open already, with queries one
 * at a time. When the signal aborts, the connection is destroyed and the server is told to end the
 * session, because it would go on with a query that nobody waits for.
 */
import type { Socket } from 'node:net'
import type { Connection, QueryError } from 'mysql2'
import type { JsonObject } from '../../core/units/json.ts'
import { openConnection } from '../connection/open-connection.ts'
import { readAuthorities } from '../connection/read-authorities.ts'
import type { MysqlPlace } from './mysql-input.ts'
import { toJsonRow } from './row-values.ts'
import { Nonsense } from './session-failure.ts'

/** How long a polite goodbye, or ending a session from outside, may take. @unit ms */
const GOODBYE_MS = 250

/** Where to sign in. */
export interface SessionOptions {
  readonly place: MysqlPlace
  /** Of the server, looked up. */
  readonly address: string
  /** Connected, and owned by the session from now on. */
  readonly socket: Socket
  readonly signal: AbortSignal
}

/** Rows of a query, and whether there were more. */
export interface LimitedRows {
  readonly rows: readonly JsonObject[]
  readonly isTruncated: boolean
}

/** A session that has been opened. */
export class Session {
  readonly #connection: Connection
  readonly #options: SessionOptions
  readonly #abort: () => void
  #isOpen = false
  #isBusy = false
  #isCutOff = false

  private constructor(connection: Connection, options: SessionOptions) {
    this.#connection = connection
    this.#options = options
    this.#abort = () => options.socket.destroy()
    guardAgainstNonsense(connection, options.socket)
    // The failure itself arrives at whoever waits for an answer.
    connection.on('error', () => undefined)
    options.signal.addEventListener('abort', this.#abort, { once: true })
    if (options.signal.aborted) this.#abort()
  }

  /** Prepares to speak over the socket, which it owns from now on. */
  static async over(options: SessionOptions): Promise<Session> {
    // Loading the driver takes longer than asking; who asks no MySQL need not wait for it.
    const { createConnection } = await import('mysql2')
    const { place, socket } = options
    const ca = await readAuthorities(place.tls?.ca)
    if (ca === 'unreadable') {
      socket.destroy()
      throw Object.assign(new UnreadableAuthorities(), { code: 'CA_UNREADABLE' })
    }
    const connection = createConnection({
      host: place.tls?.servername ?? place.host,
      user: place.user,
      password: place.password,
      ...(place.database === '' ? {} : { database: place.database }),
      stream: () => socket,
      connectTimeout: 0,
      // No server may ask for files of this machine.
      flags: ['-LOCAL_FILES'],
      connectAttributes: { program_name: 'rampart' },
      dateStrings: true,
      supportBigNumbers: true,
      disableEval: true,
      ...(place.tls === undefined
        ? {}
        : {
            ssl: {
              rejectUnauthorized: !place.tls.insecure,
              verifyIdentity: !place.tls.insecure,
              ...(ca === undefined ? {} : { ca }),
            },
          }),
    })
    return new Session(connection, options)
  }

  /** Signs in; rejects with the server's or the connection's error. */
  async open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#connection.connect((error) => (error === null ? resolve() : reject(error)))
    await promise
    this.#isOpen = true
  }

  /** The rows of one statement; rejects with the server's or the connection's error. */
  async query(sql: string, values: readonly string[] = []): Promise<readonly JsonObject[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly JsonObject[]>()
    const settle = (error: QueryError | null, result: unknown): void => {
      this.#isBusy = false
      if (error !== null) reject(error)
      else resolve(Array.isArray(result) ? result.map((row) => toJsonRow(row)) : [])
    }
    this.#isBusy = true
    // Values travel apart from the statement, so that no mode of the server reads them as SQL.
    if (values.length > 0) this.#connection.execute(sql, [...values], settle)
    else this.#connection.query(sql, settle)
    return await promise
  }

  /**
   * The first rows of one statement. The session can only be closed afterwards, because what is too
   * much is cut off.
   */
  async queryAtMost(sql: string, rowsMax: number): Promise<LimitedRows> {
    const { promise, resolve, reject } = Promise.withResolvers<LimitedRows>()
    const rows: JsonObject[] = []
    this.#isBusy = true
    const query = this.#connection.query(sql)
    query.on('result', (row: object) => {
      if (row.constructor.name === 'ResultSetHeader') return
      if (rows.length < rowsMax) rows.push(toJsonRow(row as Readonly<Record<string, unknown>>))
      else {
        this.#isCutOff = true
        resolve({ rows, isTruncated: true })
      }
    })
    // A query without a callback is not told that the connection is lost.
    this.#connection.once('error', reject)
    query.on('error', reject)
    query.on('end', () => {
      this.#isBusy = false
      resolve({ rows, isTruncated: false })
    })
    return await promise
  }

  /** Says goodbye, or cuts the connection off. Settles soon, and leaves nothing open. */
  async close(): Promise<void> {
    const { socket, signal } = this.#options
    const isLeftBehind = this.#isCutOff || (this.#isBusy && signal.aborted)
    if (isLeftBehind) socket.destroy()
    if (isLeftBehind && this.#connection.threadId) await this.#kill(this.#connection.threadId)
    else if (this.#isOpen && !socket.destroyed) await within(this.#goodbye(), GOODBYE_MS)
    signal.removeEventListener('abort', this.#abort)
    this.#connection.destroy()
    socket.destroy()
  }

  async #goodbye(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#connection.end(() => resolve())
    await promise
  }

  /** Ends the session on the server, by another session of the same user. */
  async #kill(threadId: number): Promise<void> {
    const signal = AbortSignal.timeout(GOODBYE_MS)
    const { place, address } = this.#options
    const connection = await openConnection({ host: address, port: place.port }, signal)
    if (!connection.opened) return
    const killer = await Session.over({ ...this.#options, socket: connection.socket, signal })
    try {
      await killer.open()
      await killer.query(`kill ${threadId}`)
    } catch {
      // It has ended by itself, or the server hears nobody any more: there is nothing left to try.
    } finally {
      await killer.close()
    }
  }
}

/** The driver may throw while it reads; that must end the session, not the process. */
function guardAgainstNonsense(connection: Connection, socket: Socket): void {
  const driver = connection as unknown as { handlePacket(packet: unknown): void }
  const handlePacket = driver.handlePacket.bind(driver)
  driver.handlePacket = (packet) => {
    try {
      handlePacket(packet)
    } catch (thrown) {
      socket.destroy(new Nonsense(thrown instanceof Error ? thrown.message : String(thrown)))
    }
  }
}

class UnreadableAuthorities extends Error {}

async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  // A goodbye that fails is as good as one that is heard: the socket is destroyed next.
  await Promise.race([promise.catch(() => undefined), late])
  clearTimeout(timer)
}
