/** Everything that several replicas share, in one PostgreSQL: the ledger and what stands beside it. */
import { randomUUID } from 'node:crypto'
import { Database, openDatabase } from '../database/database.ts'
import type { SchemaStanding } from '../database/migrate.ts'
import { Sealing } from '../database/sealing.ts'
import { PostgresLeases } from '../leases/postgres/postgres-leases.ts'
import { openPostgresLedger } from '../ledger/postgres/postgres-ledger.ts'
import { PostgresMailbox } from '../mailbox/postgres/postgres-mailbox.ts'
import { PostgresRecords } from '../records/postgres/postgres-records.ts'
import type { Clock } from '../seams/clock.ts'
import type { Leases } from '../seams/leases.ts'
import type { Ledger } from '../seams/ledger.ts'
import type { Mailbox } from '../seams/mailbox.ts'
import type { Records } from '../seams/records.ts'
import { PostgresSettingsStore } from '../settings/postgres-settings-store.ts'

/** Which database, and for which replica. */
export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database?sslmode=…` */
  readonly url: string
  /** The master key, 32 bytes, the same for every replica; see `readMasterKey`. */
  readonly key: Uint8Array
  readonly clock: Clock
  /** The name of the replica, for people; a part that is unique to this opening is added. */
  readonly replica: string
  /** Told of what goes wrong in the background; it is tried again by itself. */
  readonly onTrouble: (thrown: unknown) => void
  /** How long a lease lasts. @unit ms @default 10000 */
  readonly leaseMs?: number
  /** A checkpoint is signed after so many entries, and on close. @default 1000 */
  readonly checkpointEvery?: number
  /** How many connections besides the one that listens. @default 8 @minimum 2 */
  readonly connectionsMax?: number
  /** How often it looks for appends of which no notice came. @unit ms @default 5000 */
  readonly pollMs?: number
}

/**
 * How many connections there are for looking up who comes in: apart from all others, so that whoever
 * guesses tokens holds up no renewal of a lease and no append.
 */
const ACCESS_CONNECTIONS = 4

/** What is kept in one database. */
export interface PostgresStore {
  /** The owner of this opening's leases: its replica's name for as long as it is open. */
  readonly owner: string
  /** The name of the replica. */
  readonly replica: string
  readonly ledger: Ledger
  readonly records: Records
  /** The same records by connections of their own. */
  readonly accessRecords: Records
  readonly leases: Leases
  /** Leases of the same owner with a life of their own, for what is no engine's. */
  readonly sideLeases: Leases
  readonly mailbox: Mailbox
  readonly settings: PostgresSettingsStore
  /** How the schema of the database stands to this program. */
  readonly schema: () => Promise<SchemaStanding>
  /** Closes all of it, and the connections. Idempotent. */
  readonly close: () => Promise<void>
}

/**
 * Connects, migrates the schema if need be, and opens everything.
 *
 * @throws ledger-unavailable, ledger-newer, ledger-corrupt
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { url, key, clock, replica, onTrouble, leaseMs, checkpointEvery, connectionsMax } = options
  const { pollMs } = options
  const owner = `${replica}-${randomUUID().slice(0, 8)}`
  const database = await openDatabase({
    ...{ url, replica: owner, clock, onTrouble },
    ...(connectionsMax !== undefined && { connectionsMax }),
  })
  const access = { url, replica: `${owner} access`, clock, onTrouble }
  const accessDatabase = new Database({ ...access, connectionsMax: ACCESS_CONNECTIONS })
  try {
    const ledger = await openPostgresLedger({
      ...{ database, clock, sealing: new Sealing(key, 'ledger key') },
      ...(checkpointEvery !== undefined && { checkpointEvery }),
      ...(pollMs !== undefined && { pollMs }),
    })
    const lifetime = leaseMs === undefined ? {} : { lifetimeMs: leaseMs }
    const leases = new PostgresLeases({ database, owner, ...lifetime })
    const sideLeases = new PostgresLeases({ database, owner, ...lifetime })
    const records = new PostgresRecords(database, clock)
    const accessRecords = new PostgresRecords(accessDatabase, clock)
    const mailbox = new PostgresMailbox({ database, clock, name: owner, onTrouble })
    const settings = new PostgresSettingsStore(database, new Sealing(key, 'settings'))
    const closeAll = async (): Promise<void> => {
      try {
        const kept = [mailbox, leases, sideLeases, records, accessRecords]
        await Promise.all(kept.map((one) => one.close()))
        await ledger.close()
      } finally {
        await Promise.all([accessDatabase.close(), database.close()])
      }
    }
    let closing: Promise<void> | undefined
    const close = (): Promise<void> => {
      closing ??= closeAll()
      return closing
    }
    const shared = { records, accessRecords, leases, sideLeases, mailbox }
    // By the connections of their own: whoever asks whether all is well holds up no append.
    const schema = (): Promise<SchemaStanding> => accessDatabase.schema()
    return { owner, replica, ledger, ...shared, settings, schema, close }
  } catch (thrown) {
    await Promise.all([accessDatabase.close(), database.close()])
    throw thrown
  }
}
