/**
 * Writes a row as whoever is signed in, and takes it back. It is written only where the table's engine
 * takes it back: one that knows no transactions would keep it.
 */
import type { WriteFacts } from './facts.ts'
import type { WriteInput } from './mysql-input.ts'
import { textOf } from './row-values.ts'
import type { Session } from './session.ts'
import { serverError } from './session-failure.ts'

const ENGINE = `
  select coalesce(t.engine, t.table_type) as engine, e.transactions = 'YES' as is_safe
  from information_schema.tables t left join information_schema.engines e on e.engine = t.engine
  where t.table_schema = coalesce(nullif(?, ''), database()) and t.table_name = ?`

/** Writes and takes it back; rejects only when the session ends. */
export async function writeCanary(session: Session, input: WriteInput): Promise<WriteFacts> {
  const startedMs = performance.now()
  const since = (): number => Math.round((performance.now() - startedMs) * 100) / 100
  const { database = '', table } = input.table
  const [found] = await session.query(ENGINE, [database, table])
  if (found === undefined) return { writeMs: since(), state: 'absent' }
  if (Number(found['is_safe']) !== 1) {
    return { writeMs: since(), state: 'unsafe', engine: textOf(found['engine']) }
  }
  await session.query('start transaction')
  const failure = await tryInsert(session, input)
  const writeMs = since()
  await session.query('rollback')
  return failure === undefined ? { writeMs, state: 'done' } : { writeMs, state: 'failed', failure }
}

async function tryInsert(
  session: Session,
  { table, values }: WriteInput,
): Promise<WriteFacts['failure']> {
  const columns = Object.keys(values).map((column) => `\`${column.replaceAll('`', '``')}\``)
  const places = columns.map(() => '?').join(', ')
  const sql = `insert into ${table.sql} (${columns.join(', ')}) values (${places})`
  try {
    await session.query(sql, Object.values(values))
    return undefined
  } catch (thrown) {
    const failure = serverError(thrown)
    if (failure === undefined) throw thrown
    return failure
  }
}
