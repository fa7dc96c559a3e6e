/**
 * Writes a row as whoever is signed in, and takes it back: what the application does, but for the
 * commit. The transaction is begun as the application's would be, so that a user, database or server
 * that is set to read only shows.
 */
import pg from 'pg'
import type { WriteFacts } from './facts.ts'
import type { WriteInput } from './postgres-input.ts'
import type { Session } from './session.ts'

const TEMPORARY = 'rampart_canary'

/** Writes and takes it back; rejects only when the session ends. */
export async function writeCanary(session: Session, input: WriteInput): Promise<WriteFacts> {
  const startedMs = performance.now()
  const since = (): number => Math.round((performance.now() - startedMs) * 100) / 100
  await session.query('begin')
  const failure = await tryInsert(session, input)
  const writeMs = since()
  await session.query('rollback')
  return { writeMs, ...(failure === undefined ? {} : { failure }) }
}

async function tryInsert(session: Session, input: WriteInput): Promise<WriteFacts['failure']> {
  try {
    await insert(session, input)
    await session.query('set constraints all immediate')
    return undefined
  } catch (thrown) {
    if (!(thrown instanceof pg.DatabaseError)) throw thrown
    return { code: thrown.code ?? 'UNKNOWN', message: thrown.message }
  }
}

async function insert(session: Session, { table, values }: WriteInput): Promise<void> {
  if (table === undefined) {
    await session.query(`create temporary table ${TEMPORARY} (n int)`)
    await session.query(`insert into ${TEMPORARY} values (1)`)
    return
  }
  const columns = Object.keys(values)
  if (columns.length === 0) {
    await session.query(`insert into ${table} default values`)
    return
  }
  const names = columns.map((column) => pg.escapeIdentifier(column)).join(', ')
  const places = columns.map((_column, at) => `$${at + 1}`).join(', ')
  const sql = `insert into ${table} (${names}) values (${places})`
  await session.query(sql, Object.values(values))
}
