/** What the record of a migration tool says. */
import type { MigrationFacts } from './facts.ts'
import { migrationQuery, recognizeMigrationRecord, unfinishedQuery } from './migration-record.ts'
import type { MigrationsInput, TableName } from './mysql-input.ts'
import { readColumns } from './read-tables.ts'
import { textOf } from './row-values.ts'
import type { Session } from './session.ts'

/** Reads the record; a table that is not there, or is none, is a fact too. */
export async function readMigrations(
  session: Session,
  { table, head = '' }: MigrationsInput,
): Promise<MigrationFacts> {
  const nothing = { applied: 0, unfinished: [], hasExpected: false, isLocked: false }
  const lock = lockOf(table)
  const [columns = [], lockColumns = []] = await readColumns(session, [table, lock])
  if (columns.length === 0) return { ...nothing, state: 'absent' }
  const record = recognizeMigrationRecord(columns)
  if (record === undefined) return { ...nothing, state: 'unrecognized' }
  const [row] = await session.query(migrationQuery(record, table.sql), [head, head])
  const unfinished = await session.query(unfinishedQuery(record, table.sql))
  const found = textOf(row?.['head'])
  const alias = textOf(row?.['alias'])
  return {
    state: 'read',
    tool: record.tool,
    ...(found === '' ? {} : { head: found }),
    ...(alias === '' ? {} : { alias }),
    applied: Number(row?.['applied'] ?? 0),
    unfinished: unfinished.map(({ label }) => textOf(label)),
    hasExpected: Number(row?.['has_expected'] ?? 0) === 1,
    isLocked: lockColumns.includes('is_locked') && (await readLock(session, lock)),
  }
}

/** Knex keeps a table beside the record that says whether it is at work. */
function lockOf({ sql, database, table }: TableName): TableName {
  const locking = sql.endsWith('`') ? `${sql.slice(0, -1)}_lock\`` : `${sql}_lock`
  return { sql: locking, database, table: `${table}_lock` }
}

async function readLock(session: Session, { sql }: TableName): Promise<boolean> {
  const rows = await session.query(`select 1 from ${sql} where is_locked <> 0 limit 1`)
  return rows.length > 0
}
