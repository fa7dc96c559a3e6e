/** Jobs are put into real tables, as due as they should be, and nothing is left of them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { runMigrations } from 'graphile-worker'
import pg from 'pg'
import { makePostgres, type PostgresServer } from '../../test/support/postgres.ts'
import { fillGraphileWorker } from './sql-filling.ts'

let server: PostgresServer
let client: pg.Client

before(async () => {
  server = await makePostgres()
  await server.start()
  await runMigrations({ connectionString: server.url })
  client = new pg.Client({ connectionString: server.url })
  await client.connect()
})
after(async () => {
  await client.end()
  await server.stop()
})

async function waiting(): Promise<{ readonly count: number; readonly oldest: number }> {
  const { rows } = await client.query(
    `select count(*)::int as count, extract(epoch from now() - min(run_at))::float8 as oldest
    from graphile_worker.jobs where task_identifier = 'mail'`,
  )
  return { count: rows[0].count, oldest: Math.round(rows[0].oldest ?? 0) }
}

test('jobs of graphile-worker wait for as long as they should, and are removed again', async () => {
  const input = { graphileWorker: { url: server.url, task: 'mail' }, canary: { data: { a: 1 } } }
  await client.query("select graphile_worker.add_job('mail')")
  const filling = await fillGraphileWorker(input, { count: 11, ageMs: 90_000 })
  const full = await waiting()
  assert.equal(full.count, 12)
  assert.ok(full.oldest >= 89 && full.oldest < 120, String(full.oldest))
  await filling.empty()
  assert.equal((await waiting()).count, 1)
})
