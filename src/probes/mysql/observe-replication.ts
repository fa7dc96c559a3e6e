/**
 * Looks at how a server is given changes and, where the primary is known, watches one heartbeat travel
 * from there. What a server says of its lag is right only while its connection to the primary lives;
 * a dead one that it has not noticed yet looks like nothing left to do. A heartbeat notices.
 */
import { openConnection } from '../connection/open-connection.ts'
import type {
  ChannelFacts,
  HeartbeatFacts,
  MysqlFailure,
  ReplicationFacts,
  ServerFacts,
} from './facts.ts'
import type { MysqlPlace, ReplicationInput } from './mysql-input.ts'
import { readChannels } from './read-channels.ts'
import { type Heartbeat, IDENTITY, sendHeartbeat } from './send-heartbeat.ts'
import { Session } from './session.ts'
import { serverError, sessionFailure } from './session-failure.ts'

/** How soon this server is looked at again, at first and at most. @unit ms */
const PACE_MS_FIRST = 5
const PACE_MS_MAX = 100
const SLOWING = 1.5

/** The user may not do this. */
const ACCESS_DENIED = '1227'

/** What is observed. */
export interface ObservationOptions {
  /** The session with this server; in no transaction. */
  readonly session: Session
  readonly place: MysqlPlace
  readonly server: ServerFacts['server']
  readonly replication: ReplicationInput
  readonly signal: AbortSignal
}

/** Rejects with this server's error, never the primary's. */
export async function observeReplication(options: ObservationOptions): Promise<ReplicationFacts> {
  const { from } = options.replication
  const channels = await tryChannels(options)
  const known = channels === undefined ? {} : { channels }
  if (from === undefined || channels?.some(isStopped) === true) return known
  return { ...known, ...(await observeHeartbeat(options, from)) }
}

/** Whether a channel brings nothing. */
export function isStopped({ receiver, applier }: ChannelFacts): boolean {
  return receiver !== 'Yes' || applier !== 'Yes'
}

/** Who has a heartbeat to go by can do without the right to ask for channels. */
async function tryChannels(
  options: ObservationOptions,
): Promise<readonly ChannelFacts[] | undefined> {
  const { session, server, replication } = options
  try {
    return await readChannels(session, server)
  } catch (thrown) {
    const isDenied = serverError(thrown)?.code === ACCESS_DENIED
    if (isDenied && replication.from !== undefined) return undefined
    throw thrown
  }
}

async function observeHeartbeat(
  options: ObservationOptions,
  from: MysqlPlace,
): Promise<ReplicationFacts> {
  const { session, place, replication, signal } = options
  const connection = await openConnection(from, signal)
  if (!connection.opened) return { failure: { code: connection.code, message: '' } }
  const [here] = await session.query(IDENTITY)
  const { socket, address } = connection
  const sent = await attempt(signal, async () => {
    const primary = await Session.over({ place: from, address, socket, signal })
    try {
      await primary.open()
      const { table } = replication
      return await sendHeartbeat({ primary, table, observer: observerOf(place), here })
    } finally {
      await primary.close()
    }
  })
  socket.destroy()
  if ('failure' in sent) return { failure: sent.failure }
  if ('obstacle' in sent.value) {
    return sent.value.obstacle === 'same-server' ? { isSameServer: true } : { isFromReadOnly: true }
  }
  return { heartbeat: await awaitHeartbeat(options, sent.value) }
}

/** The row's name: the server, as this observer calls it. */
function observerOf({ host, port, database }: MysqlPlace): string {
  return `${host}:${port}/${database}`.slice(0, 255)
}

async function awaitHeartbeat(
  { session, place, replication, signal }: ObservationOptions,
  { beat, sentMs }: Heartbeat,
): Promise<HeartbeatFacts> {
  const { table, lagMsMax } = replication
  const sql = `select beat >= ? as arrived from ${table.sql} where observer = ?`
  let paceMs = PACE_MS_FIRST
  for (;;) {
    const looked = await attempt(signal, () => session.query(sql, [beat, observerOf(place)]))
    const isMissing = 'failure' in looked && looked.failure.code === NO_SUCH_TABLE
    if ('failure' in looked && !isMissing && !signal.aborted) throw looked.thrown
    const waitedMs = Math.round((performance.now() - sentMs) * 100) / 100
    const [row] = 'failure' in looked ? [] : looked.value
    const hasArrived = Number(row?.['arrived'] ?? 0) === 1
    if (hasArrived || signal.aborted || waitedMs >= lagMsMax) return { hasArrived, waitedMs }
    await pause(Math.min(paceMs, lagMsMax - waitedMs), signal)
    paceMs = Math.min(paceMs * SLOWING, PACE_MS_MAX)
  }
}

/** The table is on its way as well. */
const NO_SUCH_TABLE = '1146'

type Attempted<Value> =
  | { readonly value: Value }
  | { readonly failure: MysqlFailure; readonly thrown: unknown }

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
