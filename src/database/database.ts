/**
 * The connection of one replica to PostgreSQL: a pool for statements and one connection that listens.
 * Whatever goes wrong below becomes a fault; nothing is ever left waiting for ever, neither here nor
 * in the server.
 */
import pg, { type ClientBase, type PoolClient } from 'pg'
import { Fault } from '../core/fault/fault.ts'
import type { Clock } from '../seams/clock.ts'
import {
  type Deed,
  databaseFault,
  isForeignSchema,
  isRefusal,
  subjectOf,
} from './database-fault.ts'
import { Listener } from './listener.ts'
import {
  checkVersion,
  migrateDatabase,
  readStanding,
  readVersion,
  type SchemaStanding,
} from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'

/** Which database, and for whom. */
export interface DatabaseOptions {
  readonly url: string
  /** The name of this replica, shown in pg_stat_activity. */
  readonly replica: string
  readonly clock: Clock
  /** Told when the listening connection breaks. */
  readonly onTrouble: (thrown: unknown) => void
  /** How many connections besides the one that listens. @default 8 @minimum 2 */
  readonly connectionsMax?: number
  /** How long a statement may take. @unit ms @default 10000 */
  readonly statementMs?: number
}

/** A statement; one with a name is prepared once for each connection. */
export interface Statement {
  readonly name?: string
  readonly text: string
  /** How long to wait for the answer. @unit ms */
  readonly withinMs?: number
}

/** The columns of a row, in the order of the query. */
export type Row = readonly unknown[]

const LISTENING: Deed = { code: 'store-unavailable', operation: 'listen to other replicas' }
/** @unit ms */
const CONNECT_WITHIN_MS = 5000
/**
 * How long a transaction may wait for its client: a replica that is stopped while it holds the head of
 * the ledger holds up all others for no longer. @unit ms
 */
const IDLE_IN_TRANSACTION_MS = 3000

/**
 * Connects, and brings the schema up to date.
 *
 * @throws ledger-unavailable, ledger-newer
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const database = new Database(options)
  try {
    await database.use({ code: 'ledger-unavailable', operation: 'open the database' }, (client) =>
      migrateDatabase(client, database.subject),
    )
    return database
  } catch (thrown) {
    await database.close()
    throw thrown
  }
}

/** One replica's way to the database. */
export class Database {
  /** The URL without what is secret. */
  readonly subject: string
  readonly listener: Listener
  readonly #pool: pg.Pool
  #closing: Promise<void> | undefined

  constructor(options: DatabaseOptions) {
    const { url, replica, clock, onTrouble, connectionsMax = 8, statementMs = 10_000 } = options
    this.subject = subjectOf(url)
    const config = {
      connectionString: url,
      application_name: `rampart ${replica}`.slice(0, 63),
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5000,
    }
    this.#pool = new pg.Pool({
      ...config,
      max: connectionsMax,
      // The server gives up first and says so; the client only when it hears nothing at all.
      statement_timeout: statementMs,
      lock_timeout: statementMs,
      query_timeout: statementMs + 2000,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      pipeline: true,
      types: { getTypeParser },
      onConnect: keepDurable,
    } as pg.PoolConfig)
    // A connection that breaks while nobody uses it is replaced when somebody does.
    this.#pool.on('error', () => undefined)
    this.listener = new Listener({
      connect: () => new pg.Client(config),
      clock,
      onTrouble: (thrown) => onTrouble(databaseFault(thrown, LISTENING, this.subject)),
    })
  }

  /** The rows of one statement, which is a transaction of its own. */
  async query(deed: Deed, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return this.use(deed, (client) => rowsOf(client, statement, values))
  }

  /** Uses one connection; it is closed, and not used again, when the step fails. */
  async use<Value>(deed: Deed, step: (client: PoolClient) => Promise<Value>): Promise<Value> {
    if (this.#closing !== undefined) throw this.#closedFault(deed)
    let client: PoolClient | undefined
    // What breaks between two statements is met by the next one.
    const onError = (): void => undefined
    let broken = true
    try {
      client = await this.#pool.connect()
      client.on('error', onError)
      const value = await step(client)
      broken = false
      return value
    } catch (thrown) {
      if (thrown instanceof Fault) broken = false
      if (isForeignSchema(thrown) && client !== undefined) await this.#explainSchema(client)
      throw databaseFault(thrown, deed, this.subject)
    } finally {
      client?.off('error', onError)
      client?.release(broken)
    }
  }

  /** All of a step, or nothing. */
  transact<Value>(
    deed: Deed,
    begin: string,
    step: (client: PoolClient) => Promise<Value>,
  ): Promise<Value> {
    return this.use(deed, async (client) => {
      await client.query(begin)
      try {
        const value = await step(client)
        await client.query('COMMIT')
        return value
      } catch (thrown) {
        // A connection that is broken rolls back by itself; then the first cause is what counts.
        if (isRefusal(thrown) || thrown instanceof Fault) await client.query('ROLLBACK')
        throw thrown
      }
    })
  }

  /** How the schema stands to this program now: others may have migrated it. */
  schema(): Promise<SchemaStanding> {
    const deed = { code: 'store-unavailable', operation: 'read the schema' } as const
    return this.use(deed, (client) => readStanding(client))
  }

  /** Idempotent; waits for what is under way. */
  close(): Promise<void> {
    this.#closing ??= Promise.all([this.listener.close(), this.#pool.end()]).then(() => undefined)
    return this.#closing
  }

  /** @throws ledger-newer when the schema was migrated to one that this program cannot use */
  async #explainSchema(client: ClientBase): Promise<void> {
    const found = await readVersion(client)
    if (found !== undefined) checkVersion(found, MIGRATIONS.length, this.subject)
  }

  #closedFault(deed: Deed): Fault {
    return new Fault({ ...deed, subject: this.subject, hint: 'The database is closed.' })
  }
}

/** The rows of a statement, as arrays: less to make for every row. */
export async function rowsOf(
  client: ClientBase,
  { name, text, withinMs }: Statement,
  values: readonly unknown[],
): Promise<Row[]> {
  const { rows } = await client.query<unknown[]>({
    ...(name !== undefined && { name: `rampart-${name}` }),
    ...(withinMs !== undefined && { query_timeout: withinMs }),
    text,
    values: [...values],
    rowMode: 'array',
  })
  return rows
}

/** Positions and counts are far below 2^53; anything beyond is nothing we have written. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === pg.types.builtins.INT8) return Number
  return pg.types.getTypeParser(oid, format as 'text')
}

/** A database whose default is to answer before the disk has it is asked to wait for us. */
async function keepDurable(client: ClientBase): Promise<void> {
  await client.query(
    `SELECT set_config('synchronous_commit', 'on', false)
     WHERE current_setting('synchronous_commit') IN ('off', 'local')`,
  )
}
