/** Asks an open session everything that the input wants to know. Reads only, unless it is told to write. */
import type { Clock } from '../../seams/clock.ts'
import type { PostgresFacts } from './facts.ts'
import { Nonsense } from './guard-stream.ts'
import { observeReplication } from './observe-replication.ts'
import type { PostgresInput } from './postgres-input.ts'
import { readConnections, readSchema } from './read-schema.ts'
import { textOf } from './row-texts.ts'
import type { Session } from './session.ts'
import { writeCanary } from './write-canary.ts'

/** The most rows that become evidence. */
const ROWS_MAX = 100

const SERVER = `
  select current_setting('server_version') as version, pg_is_in_recovery() as recovery,
    (extract(epoch from clock_timestamp()) * 1000)::float8 as time_ms`

/** What a session can tell. */
export type CollectedFacts = Pick<
  PostgresFacts,
  | 'serverVersion'
  | 'inRecovery'
  | 'timeOffsetMs'
  | 'extensions'
  | 'connections'
  | 'tables'
  | 'indexes'
  | 'migrations'
  | 'write'
  | 'replication'
  | 'rows'
  | 'isTruncated'
>

/** What is asked, and of whom. */
export interface CollectionOptions {
  readonly session: Session
  readonly input: PostgresInput
  readonly signal: AbortSignal
  /** Ours, which the server's is compared with. */
  readonly clock: Pick<Clock, 'nowMs'>
}

/** Asks; `report` gets what is known after every step, so that a failure later loses nothing. */
export async function collectFacts(
  options: CollectionOptions,
  report: (facts: CollectedFacts) => void,
): Promise<void> {
  const { session, input, signal } = options
  let facts: CollectedFacts = { tables: [], indexes: [] }
  const learn = (more: Partial<CollectedFacts>): void => {
    facts = { ...facts, ...more }
    report(facts)
  }
  learn(await beginReading(options))
  await readSchema(session, input, learn)
  if (input.connectionsFreeMin !== undefined) learn({ connections: await readConnections(session) })
  const { write, replication } = input
  if (write !== undefined || replication !== undefined) {
    await session.query('commit')
    if (write !== undefined) learn({ write: await writeCanary(session, write) })
    if (replication !== undefined) {
      learn({
        replication: await observeReplication({ session, place: input, replication, signal }),
      })
    }
    if (input.query === undefined || signal.aborted) return
    await session.query('begin transaction read only')
  }
  if (input.query !== undefined) learn(await session.queryAtMost(input.query, ROWS_MAX))
}

/** Begins a transaction and asks in one go, because every journey to another region counts. */
async function beginReading({
  session,
  clock,
}: CollectionOptions): Promise<Partial<CollectedFacts>> {
  const askedMs = clock.nowMs()
  const [server] = await session.queryInTurn(`begin transaction read only; ${SERVER}`)
  const midpointMs = (askedMs + clock.nowMs()) / 2
  const serverVersion = textOf(server?.['version'])
  if (serverVersion === '') throw new Nonsense('it gave no version')
  return {
    serverVersion,
    inRecovery: server?.['recovery'] === true,
    timeOffsetMs: Math.round(Number(server?.['time_ms']) - midpointMs),
  }
}
