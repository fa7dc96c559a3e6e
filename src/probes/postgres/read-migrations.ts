/** What the record of a migration tool says. */
import type { MigrationFacts } from './facts.ts'
import { migrationQuery, recognizeMigrationRecord } from './migration-record.ts'
import type { MigrationsInput } from './postgres-input.ts'
import { findTables } from './read-tables.ts'
import { textsOf } from './row-texts.ts'
import type { Session } from './session.ts'

/** Reads the record; a table that is not there, or is none, is a fact too. */
export async function readMigrations(
  session: Session,
  input: MigrationsInput,
): Promise<MigrationFacts> {
  const { table } = input
  const nothing = { table, applied: 0, unfinished: [], hasExpected: false, isLocked: false }
  const [found] = await findTables(session, [table])
  if (found?.sql === undefined) return { ...nothing, state: 'absent' }
  const record = recognizeMigrationRecord(found.columns)
  if (record === undefined) return { ...nothing, state: 'unrecognized' }
  const sql = migrationQuery(record, found.sql)
  const [row] = await session.query(sql, [input.head ?? null])
  const { head, alias } = row ?? {}
  return {
    table,
    state: 'read',
    tool: record.tool,
    ...(typeof head === 'string' ? { head } : {}),
    ...(typeof alias === 'string' ? { alias } : {}),
    applied: Number(row?.['applied'] ?? 0),
    unfinished: textsOf(row?.['unfinished']),
    hasExpected: row?.['has_expected'] === true,
    isLocked: await readLock(session, table),
  }
}

/** Knex and Kysely keep a table beside the record that says whether they are at work. */
async function readLock(session: Session, table: string): Promise<boolean> {
  const [found] = await findTables(session, [`${table}_lock`])
  if (found?.sql === undefined || !found.columns.includes('is_locked')) return false
  const [lock] = await session.query(
    `select exists(select from ${found.sql} where is_locked <> 0) as locked`,
  )
  return lock?.['locked'] === true
}
