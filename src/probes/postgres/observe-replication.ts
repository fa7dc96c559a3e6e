/**
 * Watches one heartbeat travel from the primary to this server. Only its arrival proves that changes
 * are applied: on a primary where nothing is written, a frozen replica looks as up to date as any.
 */
import { openConnection } from '../connection/open-connection.ts'
import type { PostgresFailure, ReplicaFacts, ReplicationFacts, SlotState } from './facts.ts'
import { lookAtReplica } from './look-at-replica.ts'
import type { PostgresPlace, ReplicationInput } from './postgres-input.ts'
import { type Heartbeat, lookAtSlot, sendHeartbeat } from './send-heartbeat.ts'
import { Session } from './session.ts'
import { sessionFailure } from './session-failure.ts'

/** How soon this server is looked at again, at first and at most. @unit ms */
const PACE_MS_FIRST = 5
const PACE_MS_MAX = 100
const SLOWING = 1.5

/** What is observed. */
export interface ObservationOptions {
  /** The session with the replica; in no transaction. */
  readonly session: Session
  readonly place: PostgresPlace
  readonly replication: ReplicationInput
  readonly signal: AbortSignal
}

/** Writes a heartbeat and waits for it; rejects with this server's error, never the primary's. */
export async function observeReplication(options: ObservationOptions): Promise<ReplicationFacts> {
  const { session, replication, signal } = options
  const replica = await lookAtReplica(session, replication.table)
  const obstacle = findObstacle(replica)
  if (obstacle !== undefined) return { replica, obstacle }
  const { from } = replication
  const connection = await openConnection(from, signal)
  if (!connection.opened) return { replica, failure: { code: connection.code, message: '' } }
  const { socket, address } = connection
  const primary = new Session({ url: from.url, host: address, port: from.port, socket, signal })
  try {
    return await followHeartbeat(options, primary, replica)
  } finally {
    await primary.close()
  }
}

function findObstacle(replica: ReplicaFacts): ReplicationFacts['obstacle'] {
  const { mode, subscription, hasTable, isPaused } = replica
  if (mode === 'none') return 'no-replica'
  if (mode === 'physical') return isPaused ? 'paused' : undefined
  if (subscription?.isEnabled !== true) return 'disabled'
  if (!hasTable) return 'no-table'
  return subscription.isCopied === undefined ? 'not-subscribed' : undefined
}

async function followHeartbeat(
  options: ObservationOptions,
  primary: Session,
  replica: ReplicaFacts,
): Promise<ReplicationFacts> {
  const { session, place, replication, signal } = options
  const { table } = replication
  const sent = await attempt(signal, async () => {
    await primary.open()
    return await sendHeartbeat({ primary, table, observer: observerOf(place), replica })
  })
  if ('failure' in sent) return { replica, failure: sent.failure }
  const { value } = sent
  if (typeof value === 'string') return { replica, obstacle: value }
  const awaited = await awaitHeartbeat(options, replica, value)
  const { heartbeat } = awaited
  const seen =
    heartbeat.hasArrived || signal.aborted ? replica : await lookAtReplica(session, table)
  const slot = await findSlot(primary, seen, signal)
  const lagBytes = slot?.lagBytes ?? awaited.lagBytes
  return {
    replica: seen,
    heartbeat,
    ...(slot === undefined ? {} : { slot }),
    ...(lagBytes === undefined ? {} : { lagBytes }),
  }
}

/** The row's name: the server, as this observer calls it. */
function observerOf({ url, host, port }: PostgresPlace): string {
  return `${host}:${port}${URL.parse(url)?.pathname ?? ''}`
}

interface Awaited extends Pick<ReplicationFacts, 'lagBytes'> {
  readonly heartbeat: NonNullable<ReplicationFacts['heartbeat']>
}

async function awaitHeartbeat(
  options: ObservationOptions,
  { mode }: ReplicaFacts,
  { beat, lsn, sentMs }: Heartbeat,
): Promise<Awaited> {
  const { session, place, replication, signal } = options
  const { table, lagMsMax } = replication
  const [sql, values] =
    mode === 'physical'
      ? [REPLAYED, [lsn]]
      : [
          `select beat >= $2 as arrived from ${table} where observer = $1`,
          [observerOf(place), beat],
        ]
  let paceMs = PACE_MS_FIRST
  let lagBytes: { readonly lagBytes: number } | undefined
  for (;;) {
    const looked = await attempt(signal, async () => await session.query(sql, values))
    if ('failure' in looked && !signal.aborted) throw looked.thrown
    const waitedMs = Math.round((performance.now() - sentMs) * 100) / 100
    const [row] = 'failure' in looked ? [] : looked.value
    const behind = row?.['behind']
    if (typeof behind === 'number') lagBytes = { lagBytes: Math.max(0, behind) }
    const hasArrived = row?.['arrived'] === true
    if (hasArrived || signal.aborted || waitedMs >= lagMsMax) {
      return { heartbeat: { hasArrived, waitedMs }, ...lagBytes }
    }
    await pause(Math.min(paceMs, lagMsMax - waitedMs), signal)
    paceMs = Math.min(paceMs * SLOWING, PACE_MS_MAX)
  }
}

const REPLAYED = `
  select pg_last_wal_replay_lsn() >= $1::pg_lsn as arrived,
    pg_wal_lsn_diff($1::pg_lsn, pg_last_wal_replay_lsn())::bigint as behind`

/** Explains at best: a primary that does not tell leaves the heartbeat as it was judged. */
async function findSlot(
  primary: Session,
  { subscription }: ReplicaFacts,
  signal: AbortSignal,
): Promise<SlotState | undefined> {
  const name = subscription?.slot
  if (name === undefined || signal.aborted) return undefined
  const looked = await attempt(signal, async () => await lookAtSlot(primary, name))
  return 'failure' in looked ? undefined : looked.value
}

type Attempted<Value> =
  | { readonly value: Value }
  | { readonly failure: PostgresFailure; readonly thrown: unknown }

async function attempt<Value>(
  signal: AbortSignal,
  act: () => Promise<Value>,
): Promise<Attempted<Value>> {
  try {
    return { value: await act() }
  } catch (thrown) {
    return { failure: sessionFailure(thrown, signal), thrown }
  }
}

/** Settles after a while, or at once when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = (): void => resolve()
  const timer = setTimeout(wake, ms)
  signal.addEventListener('abort', wake, { once: true })
  await promise
  clearTimeout(timer)
  signal.removeEventListener('abort', wake)
}
