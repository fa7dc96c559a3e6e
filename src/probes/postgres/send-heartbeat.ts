/**
 * Writes a heartbeat on the primary: one row for each observed server, counted up, so that observers
 * of the same server do not hide each other's. A table that is missing is made for physical replicas,
 * which are given it too. It is never made where it could reach a subscriber that has no such table:
 * that would stop the subscriber, ours or anybody else's.
 */
import pg from 'pg'
import type { ReplicaFacts, ReplicationObstacle, SlotState } from './facts.ts'
import { createHeartbeatTable } from './heartbeat-table.ts'
import { textOf } from './row-texts.ts'
import type { Session } from './session.ts'

/** What is to be written. */
export interface HeartbeatOptions {
  /** The session with the primary. */
  readonly primary: Session
  /** As SQL writes it, already checked to be nothing but a name. */
  readonly table: string
  /** Names the row. */
  readonly observer: string
  readonly replica: ReplicaFacts
}

/** A heartbeat that has been committed. */
export interface Heartbeat {
  /** Greater than that of every earlier heartbeat of the row. */
  readonly beat: string
  /** Everything up to here belongs to the heartbeat or is older. */
  readonly lsn: string
  /** Just before it was sent. @unit ms of performance.now() */
  readonly sentMs: number
}

const PRIMARY = `
  select pg_is_in_recovery() as recovery, to_regclass($1)::text as heartbeats,
    (select system_identifier::text from pg_control_system()) as cluster,
    current_database() as database,
    exists(select from pg_publication where puballtables)
      or exists(select from pg_publication_namespace) as spreading`

const SLOT = `
  select active, pg_wal_lsn_diff(pg_current_wal_flush_lsn(), confirmed_flush_lsn)::bigint as behind
  from pg_replication_slots where slot_name = $1`

/** Writes it, or says what stands in the way; rejects with the primary's error. */
export async function sendHeartbeat(
  options: HeartbeatOptions,
): Promise<Heartbeat | ReplicationObstacle> {
  const { primary, table, replica } = options
  const [row] = await primary.query(PRIMARY, [table])
  if (row?.['recovery'] === true) return 'primary-in-recovery'
  const isSameCluster = row?.['cluster'] === replica.cluster
  if (replica.mode === 'physical' && !isSameCluster) return 'other-cluster'
  if (replica.mode === 'logical' && isSameCluster && row?.['database'] === replica.database) {
    return 'same-server'
  }
  if (typeof row?.['heartbeats'] !== 'string') {
    if (replica.mode === 'logical') return 'no-table-on-primary'
    if (row?.['spreading'] === true) return 'published-to-all'
    await createTable(primary, table)
  }
  return await writeHeartbeat(options)
}

/** How the primary sees the slot of a subscription. */
export async function lookAtSlot(primary: Session, slot: string): Promise<SlotState> {
  const [row] = await primary.query(SLOT, [slot])
  if (row === undefined) return { state: 'missing' }
  const behind = row['behind'] ?? null
  return {
    state: row['active'] === true ? 'active' : 'inactive',
    ...(typeof behind === 'number' ? { lagBytes: Math.max(0, behind) } : {}),
  }
}

async function createTable(primary: Session, table: string): Promise<void> {
  try {
    await primary.query(createHeartbeatTable(table, 'if not exists '))
  } catch (thrown) {
    // Another observer was quicker; PostgreSQL reports that as a duplicate.
    if (!(thrown instanceof pg.DatabaseError && /^(?:23505|42P07)$/.test(thrown.code ?? ''))) {
      throw thrown
    }
  }
}

/**
 * The clock makes a beat greater than those of an earlier table of the same name. The commit waits
 * for the primary's own disk only, not for a replica that may be frozen.
 */
async function writeHeartbeat({ primary, table, observer }: HeartbeatOptions): Promise<Heartbeat> {
  const sentMs = performance.now()
  const rows = await primary.queryInTurn(`
    begin;
    set local synchronous_commit = local;
    insert into ${table} as h (observer, beat, beaten_at) values (${pg.escapeLiteral(observer)},
      floor(extract(epoch from clock_timestamp()) * 1000000)::bigint, clock_timestamp())
    on conflict (observer) do update set
      beat = greatest(h.beat + 1, excluded.beat), beaten_at = excluded.beaten_at
    returning beat::text as text;
    commit;
    select pg_current_wal_flush_lsn()::text as text`)
  const [beat = '', lsn = ''] = rows.map((row) => textOf(row['text']))
  return { beat, lsn, sentMs }
}
