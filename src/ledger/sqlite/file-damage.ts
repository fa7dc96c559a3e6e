/**
 * Damage that the chain cannot show: pages that no longer hang together, and a schema that is not ours.
 * Every entry has been read by then; this is about what the next write would meet.
 */
import type { DatabaseSync } from 'node:sqlite'
import { isFault } from '../../core/fault/fault.ts'
import { broken, type Finding } from '../chain/chain-walk.ts'
import { expectedSchema, readSchema } from './migrations.ts'
import { pragma } from './open-database.ts'
import { prepareRows, rowOf } from './rows.ts'
import { withStoreFaults } from './store-fault.ts'

/** A ledger's file, opened. */
export interface LedgerFile {
  readonly database: DatabaseSync
  readonly path: string
}

const OPERATION = 'verify the ledger'

/** What SQLite finds wrong with its own pages, or with the schema. */
export function findDamage(file: LedgerFile): Finding | undefined {
  const report = reportPages(file) ?? reportSchema(file)
  if (report === undefined) return undefined
  return broken(1, 'altered', `The file is damaged: ${report}.`)
}

/** The hint of a fault that damage causes; anything else is thrown on. */
export function hintOfDamage(thrown: unknown): string {
  if (isFault(thrown, 'ledger-corrupt')) return thrown.hint
  throw thrown
}

function reportPages({ database, path }: LedgerFile): string | undefined {
  try {
    const sql = 'PRAGMA quick_check(1)'
    const row = withStoreFaults(OPERATION, path, () => rowOf(prepareRows(database, sql).get()))
    return row?.[0] === 'ok' ? undefined : String(row?.[0])
  } catch (thrown) {
    return hintOfDamage(thrown)
  }
}

/** A changed schema can hide entries from a query, and a trigger can change what is written. */
function reportSchema({ database, path }: LedgerFile): string | undefined {
  const isOurs = withStoreFaults(
    OPERATION,
    path,
    () => readSchema(database) === expectedSchema(pragma(database, 'user_version')),
  )
  return isOurs ? undefined : 'its schema is not the one that Rampart makes'
}
