/**
 * Looks at a queue of pg-boss and sends a canary through it, by SQL. A canary is a job like any other:
 * its policy is the queue's, but it is tried once, expires soon, and is never put into a dead-letter
 * queue. The tables are pg-boss's own and change between its versions, so only versions that have been
 * tried are written to.
 */
import type { Json } from '../../core/units/json.ts'
import { type CanaryHandling, followCanary, isObject, readAnswer } from './canary.ts'
import { type CanaryLook, COUNT_MAX, type CollectedFacts, type QueueCounts } from './facts.ts'
import type { QueueInput } from './queue-input.ts'
import type { SqlSession } from './sql-session.ts'

/** Versions of pg-boss's tables that have been tried, from pg-boss 11.1 to 12.35. */
const TRIED_SCHEMA_VERSIONS: readonly number[] = [
  26, 27, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
]
/** The first one whose jobs may wait for other jobs. */
const FIRST_WITH_BLOCKED = 31

/** Tables with more jobs are not searched for what no index leads to. */
const SCAN_MAX = 100_000

/** What is longer is no answer to a canary. */
const OUTPUT_BYTES_MAX = 65_536

/** Looks and sends; `report` gets what is known after every step. */
export async function askPgBoss(
  session: SqlSession,
  input: QueueInput,
  { signal, report }: { readonly signal: AbortSignal; report(facts: CollectedFacts): void },
): Promise<void> {
  const { space, queue, canaryQueue } = input
  const [found] = await session.query(
    `select (select max(version) from ${space}.version) as version,
      array(select name from ${space}.queue where name = any($1)) as queues`,
    [[queue, canaryQueue]],
  )
  const schemaVersion = Number(found?.['version'] ?? 0)
  let facts: CollectedFacts = { schemaVersion }
  const untried = findUntried(schemaVersion)
  if (untried !== undefined) return report({ ...facts, untried })
  const known = found?.['queues'] as readonly string[]
  const missing = [queue, canaryQueue].find((name) => !known.includes(name))
  if (missing !== undefined) return report({ ...facts, missingQueue: missing })
  report(facts)
  const table = {
    session,
    input,
    blocked: schemaVersion < FIRST_WITH_BLOCKED ? 'false' : 'blocked',
  }
  const canary = await followCanary(new PgBossCanary(table), {
    withinMs: input.processedWithinMs,
    signal,
  })
  facts = { ...facts, canary }
  report(facts)
  const isAsked = input.session !== undefined && canary.state === 'waiting'
  const workers = isAsked ? await countSessions(session, input.session) : {}
  report({ ...facts, ...workers, counts: await countJobs(table) })
}

/** The table of jobs, and how it says that a job waits for another one. */
interface JobTable {
  readonly session: SqlSession
  readonly input: QueueInput
  readonly blocked: string
}

function findUntried(version: number): 'older' | 'newer' | undefined {
  if (TRIED_SCHEMA_VERSIONS.includes(version)) return undefined
  return version < Math.min(...TRIED_SCHEMA_VERSIONS) ? 'older' : 'newer'
}

/**
 * No index leads to the jobs that are being worked on, so in a large table pg-boss's own count of them,
 * which is up to some minutes old, has to do.
 */
async function countJobs({ session, input, blocked }: JobTable): Promise<QueueCounts> {
  const { space, queue, canaryId } = input
  const [row] = await session.query(
    `with due as (
      select start_after from ${space}.job
      where name = $1 and id <> $2 and state < 'active' and not ${blocked}
        and start_after <= now()
      order by priority desc, created_on limit ${COUNT_MAX}
    )
    select (select count(*) from due)::int as waiting,
      extract(epoch from now() - (select min(start_after) from due))::float8 * 1000
        as oldest_ms,
      case when total_count > ${SCAN_MAX} then active_count else (
        select count(*) from ${space}.job where name = $1 and id <> $2 and state = 'active'
      ) end::int as active
    from ${space}.queue where name = $1`,
    [queue, canaryId],
  )
  const oldestMs = row?.['oldest_ms']
  return {
    waiting: Number(row?.['waiting'] ?? 0),
    active: Number(row?.['active'] ?? 0),
    ...(typeof oldestMs === 'number' ? { oldestWaitingMs: Math.round(oldestMs) } : {}),
  }
}

async function countSessions(
  session: SqlSession,
  name: string,
): Promise<{ readonly workers: number }> {
  const [row] = await session.query(
    `select count(*)::int as workers from pg_stat_activity
    where datname = current_database() and application_name = $1 and pid <> pg_backend_pid()`,
    [name],
  )
  return { workers: Number(row?.['workers'] ?? 0) }
}

class PgBossCanary implements CanaryHandling {
  readonly #session: SqlSession
  readonly #input: QueueInput
  readonly #blocked: string

  constructor({ session, input, blocked }: JobTable) {
    this.#session = session
    this.#input = input
    this.#blocked = blocked
  }

  async send(): Promise<'sent' | 'continued'> {
    const { space, canaryQueue, canaryId, data, processedWithinMs } = this.#input
    // What is done says nothing of now, and what has expired nobody is at work on any more.
    await this.#session.query(
      `delete from ${space}.job where name = $1 and id = $2 and (state >= 'completed'
        or state = 'active' and started_on + expire_seconds * interval '1s' < now())`,
      [canaryQueue, canaryId],
    )
    const expireSeconds = Math.ceil(processedWithinMs / 1_000) + 1
    const rows = await this.#session.query(insertion(space), [
      canaryQueue,
      canaryId,
      JSON.stringify(data),
      expireSeconds,
    ])
    return rows.length > 0 ? 'sent' : 'continued'
  }

  async look(): Promise<CanaryLook> {
    const { space, canaryQueue, canaryId } = this.#input
    const [row] = await this.#session.query(
      `select state::text as state, data ->> 'token' as token,
        case when pg_column_size(output) <= ${OUTPUT_BYTES_MAX} then output end as output,
        extract(epoch from completed_on - created_on)::float8 * 1000 as processed_ms
      from ${space}.job where name = $1 and id = $2`,
      [canaryQueue, canaryId],
    )
    return row === undefined ? { state: 'removed' } : readRow(row)
  }

  async countAhead(): Promise<number> {
    const { space, canaryQueue, canaryId } = this.#input
    const [row] = await this.#session.query(
      `select count(*)::int as ahead from (
        select 1 from ${space}.job j
        where j.name = $1 and j.id <> $2 and j.state < 'active' and not ${this.#blocked}
          and j.start_after <= now() and (j.priority > 0 or j.priority = 0
            and j.created_on <= (select created_on from ${space}.job where name = $1 and id = $2))
        limit ${COUNT_MAX}) ahead`,
      [canaryQueue, canaryId],
    )
    return Number(row?.['ahead'] ?? 0)
  }

  async takeBack(): Promise<void> {
    const { space, canaryQueue, canaryId } = this.#input
    await this.#session.query(
      `delete from ${space}.job where name = $1 and id = $2 and state <> 'active'`,
      [canaryQueue, canaryId],
    )
  }
}

/**
 * Tells listening workers in the same breath, on the channel that pg-boss itself derives. Queues could not
 * always ask for that, so the column is looked for in the row.
 */
function insertion(space: string): string {
  return `with sent as (
    insert into ${space}.job (id, name, data, start_after, created_on, singleton_key,
      expire_seconds, deletion_seconds, keep_until, retry_limit, retry_delay, retry_backoff,
      retry_delay_max, policy)
    select $2::uuid, name, $3::jsonb || jsonb_build_object('token', gen_random_uuid()),
      now(), now(), 'rampart-canary-' || $2::uuid,
      least($4::int, expire_seconds), 60, now() + interval '1 minute',
      0, retry_delay, retry_backoff, retry_delay_max, policy
    from ${space}.queue where name = $1
    on conflict do nothing returning id
  ), told as (
    select pg_notify('pgboss_' || left(encode(sha224('${space}'::bytea), 'hex'), 24), $1::text)
    from sent join ${space}.queue on queue.name = $1 and to_jsonb(queue) ->> 'notify' = 'true'
  )
  select id from sent where (select count(*) from told) >= 0`
}

const STATES: Readonly<Record<string, CanaryLook['state']>> = {
  created: 'waiting',
  retry: 'waiting',
  active: 'taken',
  completed: 'done',
  failed: 'failed',
  cancelled: 'removed',
}

function readRow(row: Readonly<Record<string, unknown>>): CanaryLook {
  const state = STATES[String(row['state'])] ?? 'waiting'
  const output = row['output'] as Json
  if (state === 'failed') return { state, message: readMessage(output) }
  if (state !== 'done') return { state }
  const answer = readAnswer(output, String(row['token']))
  const processedMs = Math.round(Number(row['processed_ms']) * 100) / 100
  return { state, processedMs, ...(answer === undefined ? {} : { answer }) }
}

function readMessage(output: Json): string {
  const message = isObject(output) ? (output['message'] ?? output['value']) : output
  return typeof message === 'string' ? message : JSON.stringify(message ?? null)
}
