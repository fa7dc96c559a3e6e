/** The queue probe on a real pg-boss. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it, type TestContext } from 'node:test'
import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import { askingOf, askOnce, askUntilPassed, gist } from '../../../test/support/asking.ts'
import { makePostgres, type PostgresServer } from '../../../test/support/postgres.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { QueueProbe } from './queue-probe.ts'

const probe = new QueueProbe()
const WORKER = 'orders worker'

describe('the queue probe on pg-boss', requireRealPart('embedded PostgreSQL'), () => {
  let server: PostgresServer
  let sql: Client
  let startUp: readonly string[] = []

  before(async () => {
    server = await makePostgres()
    const asked = askUntilReason('not-installed')
    await server.start()
    startUp = await asked
    sql = new Client({ connectionString: server.url })
    await sql.connect()
    const boss = await openBoss('installer', 'idle')
    await boss.createQueue('orders', { notify: true })
    await boss.createQueue('polled')
    await boss.createQueue('short', { policy: 'short', notify: true })
    await boss.stop({ graceful: false })
  })

  after(async () => {
    await sql.end()
    await server.stop()
  })

  beforeEach(() => sql.query('delete from pgboss.job'))

  const ask = (more: JsonObject = {}, pgBoss: JsonObject = {}): Promise<Answer> =>
    askOnce(probe, inputOf(more, pgBoss))

  function inputOf(more: JsonObject = {}, pgBoss: JsonObject = {}): JsonObject {
    const canary = { data: { kind: 'canary' }, processedWithin: 400, by: 'worker@1.0.0' }
    return { pgBoss: { url: server.url, queue: 'orders', ...pgBoss }, canary, ...more }
  }

  async function askUntilReason(reason: string): Promise<readonly string[]> {
    const gists: string[] = []
    const giveUpMs = performance.now() + 20_000
    for (;;) {
      const answer = await ask()
      gists.push(gist(answer))
      if (answer.reason === reason) return gists
      assert.ok(performance.now() < giveUpMs, answer.sentence)
    }
  }

  async function openBoss(name: string, role: 'idle' | 'works'): Promise<PgBoss> {
    const boss = new PgBoss({
      connectionString: server.url,
      application_name: name,
      max: 2,
      schedule: false,
      supervise: false,
      useListenNotify: role === 'works',
    })
    boss.on('error', (error) => assert.fail(error))
    return await boss.start()
  }

  type Handler = (data: { readonly token: string }) => unknown

  /** Starts a worker that is gone when the test ends. */
  async function startWorker(
    test: TestContext,
    handle: Handler,
    queue = 'orders',
  ): Promise<PgBoss> {
    const boss = await openBoss(WORKER, 'works')
    test.after(() => boss.stop({ graceful: false }))
    await boss.work<{ token: string }, unknown>(
      queue,
      { pollingIntervalSeconds: 0.5 },
      async ([job]) => await handle(job?.data ?? { token: '' }),
    )
    return boss
  }

  const answering =
    (version: string): Handler =>
    ({ token }) => ({ token, version })

  async function jobsLeft(): Promise<number> {
    const { rows } = await sql.query('select count(*)::int as count from pgboss.job')
    return rows[0].count
  }

  it('says not yet until pg-boss is installed, and never passes before', () => {
    for (const one of startUp) {
      assert.match(one, /^failed notYet (refused|reset|starting|not-installed)$/)
    }
  })

  it('passes once the expected worker has done the canary, and leaves nothing', async (test) => {
    const seen: unknown[] = []
    const untaken = await ask()
    assert.equal(gist(untaken), 'failed notYet not-taken', untaken.sentence)
    assert.equal(await jobsLeft(), 0)
    const asked = askUntilPassed(probe, () => askingOf(inputOf()), 20_000)
    await startWorker(test, (data) => {
      seen.push(data)
      return answering('worker@1.0.0')(data)
    })
    const answer = (await asked).at(-1)
    const { by, processedMs, waiting, active, canary, schemaVersion } = answer?.evidence ?? {}
    assert.deepEqual(
      [by, waiting, active, canary, schemaVersion],
      ['worker@1.0.0', 0, 0, 'done', 42],
    )
    assert.ok(Number(processedMs) >= 0 && Number(processedMs) <= 400, String(processedMs))
    assert.deepEqual((seen.at(-1) as JsonObject)['kind'], 'canary')
    assert.equal(await jobsLeft(), 0)
    const { rows } = await sql.query(
      "select 1 from pg_stat_activity where application_name = 'rampart'",
    )
    assert.equal(rows.length, 0)
  })
})
