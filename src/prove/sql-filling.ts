/** Jobs put into the tables of pg-boss and graphile-worker, and removed again. */
import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../core/units/json.ts'
import type { Filling } from './backlog.ts'
import type { Jobs } from './job-backlogs.ts'
import { runSql } from './run-sql.ts'

/** Puts jobs into a queue of pg-boss, with its own policy. */
export async function fillPgBoss(input: JsonObject, { count, ageMs }: Jobs): Promise<Filling> {
  const place = input['pgBoss'] as JsonObject
  const url = String(place['url'])
  const space = String(place['schema'] ?? 'pgboss')
  const queue = String(place['queue'])
  const rows = await runSql(
    url,
    `insert into ${space}.job (id, name, data, start_after, created_on, expire_seconds,
      deletion_seconds, keep_until, retry_limit, retry_delay, retry_backoff, retry_delay_max, policy)
    select gen_random_uuid(), name, $2::jsonb, now() - $3::float8 * interval '1ms',
      now() - $3::float8 * interval '1ms', expire_seconds, 60, now() + interval '1 hour', 0,
      retry_delay, retry_backoff, retry_delay_max, policy
    from ${space}.queue, generate_series(1, $4::int) where name = $1
    on conflict do nothing returning id`,
    [queue, dataOf(input), ageMs, count],
  )
  const ids = rows.map((row) => String(row['id']))
  const empty = async (): Promise<void> => {
    const sql = `delete from ${space}.job where name = $1 and id = any($2::uuid[])`
    await runSql(url, sql, [queue, ids])
  }
  const failed = 'the policy of its queue lets no more wait'
  return ids.length < count ? { failed, empty } : { empty }
}

/** Puts jobs for a task of graphile-worker. */
export async function fillGraphileWorker(
  input: JsonObject,
  { count, ageMs }: Jobs,
): Promise<Filling> {
  const place = input['graphileWorker'] as JsonObject
  const url = String(place['url'])
  const space = String(place['schema'] ?? 'graphile_worker')
  const prefix = `rampart-prove-${randomUUID()}-`
  await runSql(
    url,
    `select ${space}.add_job($1, $2::json, run_at := now() - $3::float8 * interval '1ms',
      max_attempts := 1, job_key := $4 || place) from generate_series(1, $5::int) as place`,
    [String(place['task']), dataOf(input), ageMs, prefix, count],
  )
  const empty = async (): Promise<void> => {
    const sql = `select ${space}.remove_job($1 || place) from generate_series(1, $2::int) as place`
    await runSql(url, sql, [prefix, count])
  }
  return { empty }
}

/** What a worker knows a canary by. */
function dataOf(input: JsonObject): string {
  const canary = (input['canary'] ?? {}) as JsonObject
  return JSON.stringify(canary['data'] ?? {})
}
