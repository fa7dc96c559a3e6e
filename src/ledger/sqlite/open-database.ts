/**
 * Opens the ledger's file: private to its owner, write-ahead logged, synced with every commit, at the
 * newest schema. It must never touch a file that a newer Rampart, or somebody else, has written.
 */
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../core/fault/fault.ts'
import { syncFolder } from '../chain/key-file.ts'
import { APPLICATION_ID, MIGRATIONS } from './migrations.ts'
import { withStoreFaults } from './store-fault.ts'

/** The name of the ledger's file. */
export const LEDGER_FILE = 'ledger.sqlite'

/** Whether a file is opened to append or only to read. */
export type Access = 'write' | 'read'

/** What is opened, and how. */
export interface DatabaseOptions {
  readonly folder: string
  readonly access: Access
  /** How long to wait for another process's lock. @unit ms */
  readonly busyMs: number
}

/**
 * Opens the file in a folder; a writer makes both when they are absent.
 *
 * @throws ledger-unavailable when it cannot be opened, or is absent and only to be read.
 * @throws ledger-newer when a newer Rampart has written it.
 * @throws ledger-corrupt when it is not a readable ledger.
 */
export function openDatabase(options: DatabaseOptions): DatabaseSync {
  const path = join(options.folder, LEDGER_FILE)
  return withStoreFaults('open the ledger', path, () => {
    makeFile(options, path)
    const readOnly = options.access === 'read'
    const database = new DatabaseSync(path, { readOnly, timeout: options.busyMs })
    try {
      prepareDatabase(database, options.access, path)
      return database
    } catch (thrown) {
      database.close()
      throw thrown
    }
  })
}

function makeFile({ folder, access }: DatabaseOptions, path: string): void {
  if (existsSync(path)) return
  if (access === 'read') {
    throw new Fault({
      code: 'ledger-unavailable',
      operation: 'open the ledger',
      subject: path,
      hint: 'There is no ledger here yet; the first ramp makes one.',
    })
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
  syncFolder(folder)
}

function prepareDatabase(database: DatabaseSync, access: Access, path: string): void {
  checkOrigin(database, path)
  if (access === 'read') {
    database.exec('PRAGMA query_only = ON')
    return
  }
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec('BEGIN IMMEDIATE')
  try {
    migrate(database)
    database.exec('COMMIT')
  } catch (thrown) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw thrown
  }
}

function checkOrigin(database: DatabaseSync, path: string): void {
  const subject = { operation: 'open the ledger', subject: path } as const
  const applicationId = pragma(database, 'application_id')
  const version = pragma(database, 'user_version')
  if (version > MIGRATIONS.length) {
    const hint = `It has schema ${version}; this version knows ${MIGRATIONS.length}.`
    throw new Fault({ code: 'ledger-newer', ...subject, hint })
  }
  if (applicationId === APPLICATION_ID) return
  if (applicationId === 0 && version === 0 && pragma(database, 'schema_version') === 0) return
  const hint = 'The file is a SQLite database but not a ledger; move it away or restore a backup.'
  throw new Fault({ code: 'ledger-corrupt', ...subject, hint })
}

/** Runs inside a transaction, so that two processes that open a new file at once agree. */
function migrate(database: DatabaseSync): void {
  const version = pragma(database, 'user_version')
  for (const migration of MIGRATIONS.slice(version)) {
    database.exec(migration.sql)
    database.exec(`PRAGMA user_version = ${migration.number}`)
  }
  if (version === 0) database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
}

/** The value of a pragma that is a number. */
export function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}
