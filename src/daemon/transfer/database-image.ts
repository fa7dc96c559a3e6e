/** A database as a place to take everything from, and to put everything into. */
import type { ClientBase } from 'pg'
import { Fault } from '../../core/fault/fault.ts'
import { type Database, openDatabase, rowsOf } from '../../database/database.ts'
import { type Deed, databaseFault } from '../../database/database-fault.ts'
import { Sealing } from '../../database/sealing.ts'
import { signerOf } from '../../ledger/chain/signature.ts'
import { PostgresImageWriter, readPostgresImage } from '../../ledger/postgres/postgres-image.ts'
import { openKey } from '../../ledger/postgres/sealed-key.ts'
import { verifyDatabase } from '../../ledger/postgres/verify-database.ts'
import {
  checkNoRecords,
  putRecordsPart,
  readPostgresRecordsImage,
} from '../../records/postgres/postgres-records-image.ts'
import type { Clock } from '../../seams/clock.ts'
import { PostgresSettingsStore } from '../../settings/postgres-settings-store.ts'
import { isOfLedger, type StorePart, type StoreSource, type StoreTarget } from './store-image.ts'

/** Which database, and how what is sealed in it is opened. */
export interface DatabasePlace {
  readonly url: string
  /** The master key. */
  readonly key: Uint8Array
  readonly clock: Clock
}

const READING: Deed = { code: 'ledger-unavailable', operation: 'read the database' }
const WRITING: Deed = { code: 'ledger-unavailable', operation: 'write the database' }
const APPLICATION = 'moving'

/** A database to take from; its replicas may go on meanwhile, unless nobody may be there. */
export function databaseSource(
  place: DatabasePlace,
  options: { readonly mustBeIdle: boolean; readonly subject: string },
): StoreSource {
  async function* read(): AsyncGenerator<StorePart> {
    const database = await open(place)
    try {
      if (options.mustBeIdle) await checkIdle(database)
      const settings = new PostgresSettingsStore(database, new Sealing(place.key, 'settings'))
      for (const ramp of await settings.ramps()) {
        const kept = await settings.load(ramp)
        if (kept !== undefined) yield { part: 'settings', ramp, settings: kept }
      }
      yield* readAll(database, place)
    } finally {
      await database.close()
    }
  }
  return { subject: options.subject, read }
}

/** A database to put into, that holds nothing of a server yet. */
export function databaseTarget(place: DatabasePlace, subject: string): StoreTarget {
  const write = async (pieces: AsyncIterable<StorePart>): Promise<void> => {
    const database = await open(place)
    try {
      await checkIdle(database)
      await writeAll(database, place, pieces)
    } finally {
      await database.close()
    }
  }
  return { subject, write }
}

function open({ url, clock }: DatabasePlace): Promise<Database> {
  const quiet = { clock, onTrouble: () => undefined }
  return openDatabase({ url, replica: APPLICATION, connectionsMax: 2, ...quiet })
}

/** Whoever moves a ledger must be the only one there. @throws store-busy */
async function checkIdle(database: Database): Promise<void> {
  const text = `SELECT DISTINCT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'rampart %'
      AND application_name <> $1`
  const others = await database.query(READING, { text }, [`rampart ${APPLICATION}`])
  if (others.length === 0) return
  const names = others.map(([name]) => String(name).slice('rampart '.length)).join(', ')
  const hint = `Replicas are connected: ${names}. Stop every rampart serve on it.`
  const { subject } = database
  throw new Fault({ code: 'store-busy', operation: 'move a ledger', subject, hint })
}

/** One transaction from beginning to end: everything is as it was at one instant. */
async function* readAll(database: Database, place: DatabasePlace): AsyncGenerator<StorePart> {
  const sealing = new Sealing(place.key, 'ledger key')
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const { promise: begun, resolve: begin, reject } = Promise.withResolvers<ClientBase>()
  const reading = database.transact(
    READING,
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    async (client) => {
      // Whoever takes the pieces may be slow, and holds up nobody by that.
      await client.query('SET LOCAL idle_in_transaction_session_timeout = 0')
      begin(client)
      await ended
    },
  )
  reading.catch(reject)
  try {
    const client = await begun
    yield* readPostgresImage(client, sealing, database.subject)
    yield* readPostgresRecordsImage(client)
  } catch (thrown) {
    throw databaseFault(thrown, READING, database.subject)
  } finally {
    end()
    await reading
  }
}

async function writeAll(
  database: Database,
  { key }: DatabasePlace,
  pieces: AsyncIterable<StorePart>,
): Promise<void> {
  const settings = new Sealing(key, 'settings')
  await database.transact(WRITING, 'BEGIN', async (client) => {
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0')
    const ledger = new PostgresImageWriter(client, new Sealing(key, 'ledger key'))
    await ledger.begin(database.subject)
    await checkNoRecords(client, database.subject)
    for await (const piece of pieces) {
      if (isOfLedger(piece)) await ledger.take(piece)
      else if (piece.part !== 'settings') await putRecordsPart(client, piece)
      else {
        const { ramp } = piece
        const sealed = settings.seal(JSON.stringify(piece.settings), ramp)
        const text = 'INSERT INTO rampart.settings VALUES ($1, $2)'
        await rowsOf(client, { text }, [ramp, sealed])
      }
    }
    await ledger.finish()
  })
  await checkWritten(database, key)
}

async function checkWritten(database: Database, key: Uint8Array): Promise<void> {
  const sealing = new Sealing(key, 'ledger key')
  const { subject } = database
  const pem = await database.use(READING, (client) => openKey(client, sealing, subject))
  const verification = await verifyDatabase(database, signerOf(pem))
  if (verification.verdict === 'intact') return
  const hint = `What was written does not hold together: ${verification.sentence}`
  throw new Fault({ code: 'ledger-corrupt', operation: 'write a ledger', subject, hint })
}
