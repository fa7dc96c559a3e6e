/**
 * Writes a heartbeat on the primary: one row for each observed server, counted up, so that observers
 * of the same server do not hide each other's. The table is made when it is missing, and replicas are
 * given it like everything else.
 */
import type { JsonObject } from '../../core/units/json.ts'
import type { TableName } from './mysql-input.ts'
import { readColumns } from './read-tables.ts'
import { textOf } from './row-values.ts'
import type { Session } from './session.ts'

/** Tells servers apart: two may share a number, but not a place. */
export const IDENTITY: string = `
  select concat_ws('/', @@hostname, @@port, @@datadir, @@server_id) as identity,
    @@global.read_only + 0 as read_only`

/** What is to be written. */
export interface HeartbeatOptions {
  /** The session with the primary. */
  readonly primary: Session
  readonly table: TableName
  /** Names the row. */
  readonly observer: string
  /** The observed server's {@link IDENTITY}. */
  readonly here: JsonObject | undefined
}

/** A heartbeat that has been committed. */
export interface Heartbeat {
  /** Greater than that of every earlier heartbeat of the row. */
  readonly beat: string
  /** Just before it was sent. @unit ms of performance.now() */
  readonly sentMs: number
}

/** Why it was not written. */
export interface HeartbeatObstacle {
  readonly obstacle: 'same-server' | 'read-only'
}

/** Writes it, or says what stands in the way; rejects with the primary's error. */
export async function sendHeartbeat(
  options: HeartbeatOptions,
): Promise<Heartbeat | HeartbeatObstacle> {
  const { primary, table, observer, here } = options
  const [there] = await primary.query(IDENTITY)
  if (there?.['identity'] === here?.['identity']) return { obstacle: 'same-server' }
  if (Number(there?.['read_only'] ?? 0) !== 0) return { obstacle: 'read-only' }
  const [columns = []] = await readColumns(primary, [table])
  if (columns.length === 0) await primary.query(CREATE.replace('TABLE', table.sql))
  const sentMs = performance.now()
  await primary.query(UPSERT.replace('TABLE', table.sql), [observer])
  const [row] = await primary.query(`select beat from ${table.sql} where observer = ?`, [observer])
  return { beat: textOf(row?.['beat']), sentMs }
}

const CREATE = `
  create table if not exists TABLE (observer varchar(255) primary key,
    beat bigint not null, beaten_at timestamp(6) not null default current_timestamp(6))`

/** The clock makes a beat greater than those of an earlier table of the same name. */
const UPSERT = `
  insert into TABLE (observer, beat)
  values (?, timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)))
  on duplicate key update beat = greatest(beat + 1, values(beat)),
    beaten_at = current_timestamp(6)`
