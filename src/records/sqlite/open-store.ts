/**
 * Opens the file of the records: private to its owner, write-ahead logged, synced with every commit. It
 * must never touch a file that a newer Rampart, or somebody else, has written.
 */
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../core/fault/fault.ts'

/** The name of the file. */
export const RECORDS_FILE = 'server.sqlite'

/** Marks the file as Rampart's records: `RMPS` in ASCII. */
const APPLICATION_ID = 0x524d5053

/** Steps of the schema, oldest first; one that has been released is never edited. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE records (
     collection TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     version INTEGER NOT NULL,
     updated_at_ms INTEGER NOT NULL,
     expires_at_ms INTEGER,
     PRIMARY KEY (collection, key)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX records_expiring ON records (expires_at_ms) WHERE expires_at_ms IS NOT NULL;
   CREATE TABLE floors (
     collection TEXT PRIMARY KEY,
     version INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
]

/** @throws store-unavailable when the file cannot be opened or is not ours. */
export function openStore(folder: string, busyMs: number): DatabaseSync {
  const path = join(folder, RECORDS_FILE)
  return withStore('open the records', path, () => {
    if (!existsSync(path)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      closeSync(openSync(path, 'a', 0o600))
    }
    const database = new DatabaseSync(path, { timeout: busyMs })
    try {
      checkOrigin(database, path)
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      transact(database, () => migrate(database))
      return database
    } catch (thrown) {
      database.close()
      throw thrown
    }
  })
}

/** All of a step, or nothing. */
export function transact<Value>(database: DatabaseSync, step: () => Value): Value {
  database.exec('BEGIN IMMEDIATE')
  try {
    const value = step()
    database.exec('COMMIT')
    return value
  } catch (thrown) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw thrown
  }
}

/** Runs a step; what SQLite or the file system throws becomes a fault. */
export function withStore<Value>(operation: string, subject: string, step: () => Value): Value {
  try {
    return step()
  } catch (thrown) {
    const isStores = thrown instanceof Error && ('errcode' in thrown || 'syscall' in thrown)
    if (!isStores) throw thrown
    const hint = `${subject} answered: ${thrown.message}.`
    throw new Fault({ code: 'store-unavailable', operation, subject, hint, cause: thrown })
  }
}

function checkOrigin(database: DatabaseSync, subject: string): void {
  const [origin, version] = [pragma(database, 'application_id'), pragma(database, 'user_version')]
  const isNew = origin === 0 && version === 0 && pragma(database, 'schema_version') === 0
  if (isNew || (origin === APPLICATION_ID && version <= MIGRATIONS.length)) return
  const hint =
    origin === APPLICATION_ID
      ? `It has schema ${version}; this version of Rampart knows ${MIGRATIONS.length}. Upgrade it.`
      : 'The file is a database but not one of Rampart; move it away or restore a backup.'
  throw new Fault({ code: 'store-unavailable', operation: 'open the records', subject, hint })
}

function migrate(database: DatabaseSync): void {
  for (const sql of MIGRATIONS.slice(pragma(database, 'user_version'))) database.exec(sql)
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}
