/** The queue probe on a real pg-boss. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, beforeEach, describe, it, type TestContext } from 'node:test'
import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import {
  askingOf,
  askOnce,
  askUntilPassed,
  gist,
  settleMsAfterAbort,
} from '../../../test/support/asking.ts'
import { makePostgres, type PostgresServer } from '../../../test/support/postgres.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { QueueProbe } from './queue-probe.ts'

const probe = new QueueProbe()
const WORKER = 'orders worker'
const POLICIES = ['short', 'singleton', 'stately', 'exclusive', 'key_strict_fifo'] as const

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
    for (const policy of POLICIES) await boss.createQueue(policy, { policy, notify: true })
    await boss.createQueue('alone', { partition: true, notify: true })
    await boss.stop({ graceful: false })
  })

  after(async () => {
    await sql.end()
    await server.stop()
  })

  beforeEach(() => sql.query('delete from pgboss.job'))

  const ask = (more: JsonObject = {}, pgBoss: JsonObject = {}): Promise<Answer> =>
    askOnce(probe, inputOf(more, pgBoss))

  /** For what is done at once, unless the machine is busy. */
  const patient = (more: JsonObject = {}, pgBoss: JsonObject = {}): Promise<Answer> =>
    ask({ canary: { processedWithin: 4_000, by: 'worker@1.0.0' }, ...more }, pgBoss)

  function inputOf(more: JsonObject = {}, pgBoss: JsonObject = {}): JsonObject {
    const canary = { data: { kind: 'canary' }, processedWithin: 400, by: 'worker@1.0.0' }
    return { pgBoss: { url: server.url, queue: 'orders', ...pgBoss }, canary, ...more }
  }

  async function askUntilReason(reason: string): Promise<readonly string[]> {
    const gists: string[] = []
    const giveUpMs = performance.now() + 60_000
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

  it('passes for every policy of a queue, for its own table, and for workers that only poll', async (test) => {
    for (const queue of [...POLICIES, 'alone', 'polled']) {
      await startWorker(test, answering('worker@1.0.0'), queue)
      const canary = { processedWithin: 4_000, by: 'worker@1.0.0' }
      const answer = await ask({ canary }, { queue })
      assert.equal(gist(answer), 'passed processed', `${queue}: ${answer.sentence}`)
      assert.equal(await jobsLeft(), 0, queue)
    }
  })

  it('tells a dead worker from one that is connected and takes nothing', async (test) => {
    const dead = await ask({}, { session: WORKER })
    assert.equal(gist(dead), 'failed notYet no-worker', dead.sentence)
    assert.match(dead.sentence, /has no worker: nobody took the canary within \d+ ms/)
    const boss = await openBoss(WORKER, 'works')
    test.after(() => boss.stop({ graceful: false }))
    const paused = await ask({}, { session: WORKER })
    assert.equal(gist(paused), 'failed notYet not-working', paused.sentence)
    assert.ok(Number(paused.evidence['workers']) > 0)
    const unknown = await ask()
    assert.equal(gist(unknown), 'failed notYet not-taken', unknown.sentence)
    assert.equal(await jobsLeft(), 0)
  })

  it('names the worker that did it when another was expected', async (test) => {
    await startWorker(test, answering('worker@0.9.0'))
    const answer = await patient()
    assert.equal(gist(answer), 'failed notYet wrong-worker', answer.sentence)
    assert.match(answer.sentence, /the worker worker@0\.9\.0.*; worker@1\.0\.0 expected\.$/)
    const any = await ask({ canary: { processedWithin: 4_000 } })
    assert.equal(gist(any), 'passed processed', any.sentence)
    assert.equal(any.evidence['by'], 'worker@0.9.0')
  })

  for (const [what, handle, expected] of [
    ['says nothing', () => undefined, 'unknown-worker'],
    ['answers an old question', () => ({ token: 'old', version: 'worker@1.0.0' }), 'wrong-answer'],
    ['fails', () => Promise.reject(new RangeError('no key=s3cret')), 'canary-failed'],
  ] as const) {
    it(`does not pass when the worker ${what}`, async (test) => {
      await startWorker(test, handle)
      const answer = await patient()
      assert.equal(gist(answer), `failed notYet ${expected}`, answer.sentence)
      assert.doesNotMatch(JSON.stringify(answer), /s3cret/)
      assert.equal(await jobsLeft(), 0)
    })
  }

  it('gives a worker that hangs one canary only, and goes on with it', async (test) => {
    const release = Promise.withResolvers<void>()
    let taken = 0
    await startWorker(test, async ({ token }) => {
      taken += 1
      await release.promise
      return { token, version: 'worker@1.0.0' }
    })
    const canary = { processedWithin: 8_000, by: 'worker@1.0.0' }
    const first = await askOnce(probe, inputOf({ canary }), { timeoutMs: 1_500 })
    assert.equal(gist(first), 'failed notYet unfinished', first.sentence)
    assert.match(first.sentence, /done within 8000 ms expected, but the attempt was over before/)
    assert.equal(await jobsLeft(), 1)
    const second = await askOnce(probe, inputOf({ canary }), { timeoutMs: 1_500 })
    assert.equal(gist(second), 'failed notYet unfinished', second.sentence)
    assert.deepEqual([second.evidence['continued'], taken, await jobsLeft()], [true, 1, 1])
    release.resolve()
    const third = await ask({ canary })
    assert.equal(gist(third), 'passed processed', third.sentence)
    assert.equal(await jobsLeft(), 0)
  })

  it('sends a new canary when a worker has died over the last one', async (test) => {
    const hung = await startWorker(test, () => new Promise(() => 'Never.'))
    assert.equal((await ask({ canary: { processedWithin: 1_500 } })).reason, 'unfinished')
    await hung.stop({ graceful: false })
    await sql.query("update pgboss.job set started_on = now() - interval '1 minute'")
    await startWorker(test, answering('worker@1.0.0'))
    const answer = await patient()
    assert.equal(gist(answer), 'passed processed', answer.sentence)
    assert.equal(answer.evidence['continued'], undefined)
  })

  it('tells a full queue from a worker that takes nothing', async (test) => {
    const boss = await openBoss('producer', 'idle')
    test.after(() => boss.stop({ graceful: false }))
    for (let number = 0; number < 200; number += 1) await boss.send('orders', { number })
    const dead = await ask()
    assert.equal(gist(dead), 'failed notYet not-taken', dead.sentence)
    assert.deepEqual([dead.evidence['waiting'], dead.evidence['ahead']], [200, 200])
    await startWorker(test, async ({ token }) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      setTimeout(resolve, 50)
      await promise
      return { token, version: 'worker@1.0.0' }
    })
    const full = await ask({ canary: { processedWithin: 1_000 } })
    assert.equal(gist(full), 'failed notYet backlog', full.sentence)
    assert.match(full.sentence, /is backed up: after \d+ ms there are \d+ jobs before the canary/)
  })

  it('judges what waits in the queue, although the canary was done', async (test) => {
    const boss = await openBoss('producer', 'idle')
    test.after(() => boss.stop({ graceful: false }))
    for (let number = 0; number < 3; number += 1) await boss.send('polled', { number })
    await boss.send('polled', {}, { startAfter: 3_600 })
    await startWorker(test, answering('worker@1.0.0'))
    const through = { queue: 'polled', canaryQueue: 'orders' }
    const many = await patient({ waiting: 2 }, through)
    assert.equal(gist(many), 'failed notYet too-many-waiting', many.sentence)
    assert.equal(many.evidence['waiting'], 3)
    assert.equal(
      gist(await patient({ waiting: 3, oldestWaiting: 60_000 }, through)),
      'passed processed',
    )
    const old = await patient({ waiting: 3, oldestWaiting: 1 }, through)
    assert.equal(gist(old), 'failed notYet waiting-too-long', old.sentence)
  })

  it('takes the canary back when it is aborted, and leaves no session', async () => {
    const input = inputOf({ canary: { processedWithin: 4_000 } })
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 1_000)
    assert.equal(gist(answer), 'failed notYet not-taken', answer.sentence)
    assert.ok(settleMs < 700, `settled ${settleMs} ms after the abort`)
    assert.equal(await jobsLeft(), 0)
    assert.equal(await sessionsOfProbe(), 0)
  })

  it('settles when aborted while the table is locked, and leaves no query', async (test) => {
    const locker = new Client({ connectionString: server.url })
    await locker.connect()
    test.after(() => locker.end())
    await locker.query('begin; lock table pgboss.job in access exclusive mode')
    const { settleMs, answer } = await settleMsAfterAbort(probe, inputOf(), 150)
    assert.equal(gist(answer), 'failed notYet timed-out', answer.sentence)
    assert.ok(settleMs < 700, `settled ${settleMs} ms after the abort`)
    const giveUpMs = performance.now() + 60_000
    while ((await sessionsOfProbe()) > 0) assert.ok(performance.now() < giveUpMs, 'a query is left')
    await locker.query('rollback')
  })

  it('goes on with the canary that a killed asker has left', async (test) => {
    const input = inputOf({ canary: { processedWithin: 3_000, by: 'worker@1.0.0' } })
    const code = `import { QueueProbe } from '${import.meta.dirname}/queue-probe.ts'
      const signal = AbortSignal.timeout(60_000)
      await new QueueProbe().ask({ input: ${JSON.stringify(input)}, self: {}, attempt: 1, signal })`
    const asker = spawn(process.execPath, ['--input-type=module-typescript', '-e', code])
    const giveUpMs = performance.now() + 60_000
    while ((await jobsLeft()) === 0) assert.ok(performance.now() < giveUpMs, 'nothing was sent')
    asker.kill('SIGKILL')
    await once(asker, 'exit')
    while ((await sessionsOfProbe()) > 0) assert.ok(performance.now() < giveUpMs)
    const asked = askOnce(probe, input)
    // From then on it looks whether the canary is done.
    const looking = "application_name = 'rampart' and query like 'select state::text%'"
    while ((await sessionsOfProbe(looking)) === 0) assert.ok(performance.now() < giveUpMs)
    await startWorker(test, answering('worker@1.0.0'))
    const answer = await asked
    assert.equal(gist(answer), 'passed processed', answer.sentence)
    assert.equal(answer.evidence['continued'], true)
    assert.equal(await jobsLeft(), 0)
  })

  it('gives several who ask the same at once an answer each, and sends no more than one', async (test) => {
    let most = 0
    await startWorker(test, async ({ token }) => {
      most = Math.max(most, await jobsLeft())
      return { token, version: 'worker@1.0.0' }
    })
    const canary = { processedWithin: 4_000, by: 'worker@1.0.0' }
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask({ canary })))
    for (const answer of answers) assert.equal(gist(answer), 'passed processed', answer.sentence)
    assert.deepEqual([most, await jobsLeft()], [1, 0])
  })

  it('says so when the queue does not keep what it is sent', async (test) => {
    await sql.query(`create function refuse() returns trigger language plpgsql as
      'begin return null; end';
      create trigger refuse before insert on pgboss.job_common for each row execute function refuse()`)
    test.after(() => sql.query('drop trigger refuse on pgboss.job_common'))
    const answer = await ask()
    assert.equal(gist(answer), 'failed notYet not-kept', answer.sentence)
  })

  it('sends nothing to tables of a version that has not been tried', async (test) => {
    test.after(() => sql.query('update pgboss.version set version = 42'))
    for (const [version, expected] of [
      [25, 'errored notYet untried-version'],
      [1042, 'errored terminal untried-version'],
    ] as const) {
      await sql.query('update pgboss.version set version = $1', [version])
      const answer = await ask()
      assert.equal(gist(answer), expected, answer.sentence)
      assert.match(answer.sentence, /has tables of version (25|1042), (older|newer) than/)
      assert.equal(await jobsLeft(), 0)
    }
  })

  it('tells what is missing, refused or not allowed, and shows no password', async () => {
    await sql.query("create role app login password 'hunter2'")
    const as = (user: string, password: string, database = 'postgres'): string =>
      `postgres://${user}:${password}@127.0.0.1:${server.port}/${database}`
    for (const [pgBoss, expected] of [
      [{ queue: 'returns' }, 'failed notYet missing-queue'],
      [{ canaryQueue: 'returns' }, 'failed notYet missing-queue'],
      [{ schema: 'jobs' }, 'failed notYet not-installed'],
      [{ url: as('postgres', 'hunter2') }, 'failed terminal wrong-credentials'],
      [{ url: as('postgres', '') }, 'failed terminal wrong-credentials'],
      [{ url: as('app', 'hunter2', 'nowhere') }, 'failed terminal missing-database'],
      [{ url: as('app', 'hunter2') }, 'failed notYet permission-denied'],
    ] as const) {
      const answer = await ask({}, pgBoss)
      assert.equal(gist(answer), expected, answer.sentence)
      assert.doesNotMatch(JSON.stringify(answer), /hunter2|swordfish/)
    }
  })

  async function sessionsOfProbe(which = "application_name = 'rampart'"): Promise<number> {
    const { rows } = await sql.query(
      `select count(*)::int as count from pg_stat_activity where ${which}`,
    )
    return rows[0].count
  }
})
