/** Asks an open session everything that the input wants to know. Reads only, unless told to write. */
import type { Clock } from '../../seams/clock.ts'
import type { CollectedFacts, ServerFacts } from './facts.ts'
import type { MysqlInput } from './mysql-input.ts'
import { observeReplication } from './observe-replication.ts'
import { readMigrations } from './read-migrations.ts'
import { readColumns } from './read-tables.ts'
import { textOf } from './row-values.ts'
import type { Session } from './session.ts'
import { Nonsense } from './session-failure.ts'
import { writeCanary } from './write-canary.ts'

/** The most rows that become evidence. */
const ROWS_MAX = 100

const SERVER = `
  select version() as version, @@global.read_only + 0 as read_only,
    timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) div 1000 as time_ms`

/** What is asked, and of whom. */
export interface CollectionOptions {
  readonly session: Session
  readonly input: MysqlInput
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
  let facts: CollectedFacts = { tables: [] }
  const learn = (more: Partial<CollectedFacts>): void => {
    facts = { ...facts, ...more }
    report(facts)
  }
  const server = await readServer(options)
  learn({ server })
  if (input.tables.length > 0) {
    const columns = await readColumns(session, input.tables)
    learn({
      tables: input.tables.map(({ sql }, at) => ({ name: sql, columns: columns[at] ?? [] })),
    })
  }
  const { migrations, write, replication } = input
  if (migrations !== undefined) learn({ migrations: await readMigrations(session, migrations) })
  if (write !== undefined) learn({ write: await writeCanary(session, write) })
  if (replication !== undefined) {
    const observed = { session, place: input, server: server.server, replication, signal }
    learn({ replication: await observeReplication(observed) })
  }
  if (input.query === undefined || signal.aborted) return
  // Holds for whatever the query does, even if it ends the transaction.
  await session.query('set session transaction read only')
  await session.query('start transaction read only')
  learn(await session.queryAtMost(input.query, ROWS_MAX))
}

async function readServer({ session, clock }: CollectionOptions): Promise<ServerFacts> {
  const askedMs = clock.nowMs()
  const [row] = await session.query(SERVER)
  const midpointMs = (askedMs + clock.nowMs()) / 2
  const version = textOf(row?.['version'])
  if (version === '') throw new Nonsense('it gave no version')
  return {
    server: /mariadb/i.test(version) ? 'mariadb' : 'mysql',
    version,
    isReadOnly: Number(row?.['read_only']) !== 0,
    timeOffsetMs: Math.round(Number(row?.['time_ms']) - midpointMs),
  }
}
