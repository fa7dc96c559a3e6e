/**
 * Looks at a task of graphile-worker and sends a canary to it, by the functions and the view that it
 * offers for this. A job that was done is deleted, so the table keeps nothing of it: the worker answers by
 * `pg_notify(payload.channel, …)`, which only this session hears. Where no version is expected, that the
 * job has gone will do.
 */

import { parseDocument } from '../document/parse-document.ts'
import { type CanaryHandling, followCanary, readAnswer } from './canary.ts'
import {
  type CanaryAnswer,
  type CanaryLook,
  COUNT_MAX,
  type CollectedFacts,
  type QueueCounts,
} from './facts.ts'
import type { QueueInput } from './queue-input.ts'
import type { SqlSession } from './sql-session.ts'

/** How long a worker may be at work on a canary, at least, before it is given up as dead. @unit ms */
const FORSAKEN_AFTER_MS = 30_000

/** Looks and sends; `report` gets what is known after every step. */
export async function askGraphileWorker(
  session: SqlSession,
  input: QueueInput,
  { signal, report }: { readonly signal: AbortSignal; report(facts: CollectedFacts): void },
): Promise<void> {
  const { space } = input
  const [migration] = await session.query(`select max(id)::int as id from ${space}.migrations`)
  let facts: CollectedFacts = { schemaVersion: Number(migration?.['id'] ?? 0) }
  report(facts)
  const handling = new GraphileCanary(session, input)
  await handling.listen()
  const canary = await followCanary(handling, { withinMs: input.processedWithinMs, signal })
  facts = { ...facts, canary }
  report(facts)
  const workers = await countListeners(session)
  report({
    ...facts,
    ...(workers === undefined ? {} : { workers }),
    counts: await countJobs(session, input),
  })
}

async function countJobs(session: SqlSession, input: QueueInput): Promise<QueueCounts> {
  const { space, queue, canaryId } = input
  const [row] = await session.query(
    `select count(*) filter (where locked_at is null)::int as waiting,
      count(*) filter (where locked_at is not null)::int as active,
      extract(epoch from now() - min(run_at) filter (where locked_at is null))::float8 * 1000
        as oldest_ms
    from (
      select run_at, locked_at from ${space}.jobs
      where task_identifier = $1 and key is distinct from $2 and run_at <= now()
        and attempts < max_attempts
      limit ${COUNT_MAX}
    ) due`,
    [queue, keyOf(canaryId)],
  )
  const oldestMs = row?.['oldest_ms']
  return {
    waiting: Number(row?.['waiting'] ?? 0),
    active: Number(row?.['active'] ?? 0),
    ...(typeof oldestMs === 'number' ? { oldestWaitingMs: Math.round(oldestMs) } : {}),
  }
}

/**
 * Every pool of workers keeps a session that listens and does nothing else. Undefined when other users'
 * sessions cannot be looked into.
 */
async function countListeners(session: SqlSession): Promise<number | undefined> {
  const [row] = await session.query(
    `select count(*) filter (where query like 'LISTEN "jobs:insert"%')::int as listeners,
      count(*) filter (where query = '<insufficient privilege>')::int as hidden
    from pg_stat_activity where datname = current_database()`,
  )
  const listeners = Number(row?.['listeners'] ?? 0)
  return listeners === 0 && Number(row?.['hidden'] ?? 0) > 0 ? undefined : listeners
}

class GraphileCanary implements CanaryHandling {
  readonly #session: SqlSession
  readonly #input: QueueInput
  readonly #key: string
  readonly #channel: string
  #answer: CanaryAnswer | undefined

  constructor(session: SqlSession, input: QueueInput) {
    this.#session = session
    this.#input = input
    this.#key = keyOf(input.canaryId)
    this.#channel = `rampart_${input.canaryId.replaceAll('-', '')}`
  }

  /** Only what is said from now on is heard, so no answer can be an old one. */
  async listen(): Promise<void> {
    this.#session.onNotification((payload) => {
      const parsed = parseDocument(payload)
      if (parsed.parsed)
        this.#answer = readAnswer(parsed.json, this.#input.canaryId) ?? this.#answer
    })
    await this.#session.query(`listen ${this.#channel}`)
  }

  async send(): Promise<'sent' | 'continued'> {
    const { space, canaryQueue, canaryId, data, processedWithinMs } = this.#input
    const forsakenAfterMs = Math.max(FORSAKEN_AFTER_MS, 2 * processedWithinMs)
    const taken = await this.#session.query(
      `select 1 from ${space}.jobs
      where key = $1 and locked_at > now() - $2::float8 * interval '1ms'`,
      [this.#key, forsakenAfterMs],
    )
    if (taken.length > 0) return 'continued'
    const payload = { ...data, token: canaryId, channel: this.#channel }
    await this.#session.query(
      `select id from ${space}.add_job($1, $2::json, max_attempts := 1, job_key := $3)`,
      [canaryQueue, JSON.stringify(payload), this.#key],
    )
    return 'sent'
  }

  async look(): Promise<CanaryLook> {
    const { space } = this.#input
    const [row] = await this.#session.query(
      `select locked_by, left(last_error, 1000) as last_error, attempts >= max_attempts as is_over
      from ${space}.jobs where key = $1`,
      [this.#key],
    )
    const answer = this.#answer === undefined ? {} : { answer: this.#answer }
    if (row === undefined) return { state: 'done', ...answer }
    const takenBy = row['locked_by']
    if (typeof takenBy === 'string') return { state: 'taken', takenBy }
    const error = row['last_error']
    if (row['is_over'] === true) return { state: 'failed', message: String(error ?? '') }
    return { state: 'waiting' }
  }

  async countAhead(): Promise<number> {
    const { space } = this.#input
    const [row] = await this.#session.query(
      `select count(*)::int as ahead from (
        select 1 from ${space}.jobs j, ${space}.jobs canary
        where canary.key = $1 and j.id <> canary.id and j.locked_at is null
          and j.attempts < j.max_attempts and j.run_at <= now()
          and (j.priority, j.run_at, j.id) < (canary.priority, canary.run_at, canary.id)
        limit ${COUNT_MAX}) ahead`,
      [this.#key],
    )
    return Number(row?.['ahead'] ?? 0)
  }

  /** Of what a worker is at work on, the function would forget the key; so it is not asked to. */
  async takeBack(): Promise<void> {
    const { space } = this.#input
    await this.#session.query(
      `select id from ${space}.remove_job((
        select key from ${space}.jobs where key = $1 and locked_at is null))`,
      [this.#key],
    )
  }
}

function keyOf(canaryId: string): string {
  return `rampart-canary-${canaryId}`
}
