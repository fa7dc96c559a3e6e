/** The queue probe on a real graphile-worker. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it, type TestContext } from 'node:test'
import { Logger, makeWorkerUtils, run, type Task, type WorkerUtils } from 'graphile-worker'
import { Client } from 'pg'
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
const logger = new Logger(() => () => 'Nothing is logged.')

describe('the queue probe on graphile-worker', requireRealPart('embedded PostgreSQL'), () => {
  let server: PostgresServer
  let sql: Client
  let utils: WorkerUtils

  before(async () => {
    server = await makePostgres()
    assert.equal(gist(await ask()), 'failed notYet refused')
    await server.start()
    const early = await ask()
    assert.equal(gist(early), 'failed notYet not-installed', early.sentence)
    sql = new Client({ connectionString: server.url })
    await sql.connect()
    utils = await makeWorkerUtils({ connectionString: server.url, logger })
    await utils.migrate()
  })

  after(async () => {
    await utils.release()
    await sql.end()
    await server.stop()
  })

  beforeEach(() => sql.query('delete from graphile_worker._private_jobs'))

  function inputOf(canary: JsonObject = {}, more: JsonObject = {}): JsonObject {
    return {
      graphileWorker: { url: server.url, task: 'report' },
      canary: { data: { kind: 'canary' }, processedWithin: 400, by: 'worker@1.0.0', ...canary },
      ...more,
    }
  }

  const ask = (canary: JsonObject = {}, more: JsonObject = {}): Promise<Answer> =>
    askOnce(probe, inputOf(canary, more))

  /** For what is done at once, unless the machine is busy. */
  const patient = (): Promise<Answer> => ask({ processedWithin: 4_000 })

  /** Starts a pool of workers that is gone when the test ends. */
  async function startWorker(test: TestContext, task: Task, name = 'report'): Promise<void> {
    const runner = await run({
      connectionString: server.url,
      taskList: { [name]: task },
      concurrency: 1,
      maxPoolSize: 3,
      noHandleSignals: true,
      pollInterval: 50,
      logger,
    })
    test.after(() => runner.stop())
  }

  const answering =
    (version: string): Task =>
    async (payload, { query }) => {
      const { token, channel } = payload as { readonly token: string; readonly channel: string }
      await query('select pg_notify($1, $2)', [channel, JSON.stringify({ token, version })])
    }

  async function jobsLeft(): Promise<number> {
    const { rows } = await sql.query('select count(*)::int as count from graphile_worker.jobs')
    return rows[0].count
  }

  it('passes once the expected worker has done the canary, and leaves nothing', async (test) => {
    const dead = await ask()
    assert.equal(gist(dead), 'failed notYet no-worker', dead.sentence)
    assert.equal(await jobsLeft(), 0)
    const asked = askUntilPassed(probe, () => askingOf(inputOf()), 20_000)
    await startWorker(test, answering('worker@1.0.0'))
    const answer = (await asked).at(-1)
    const { by, waiting, active, canary, schemaVersion, workers } = answer?.evidence ?? {}
    assert.deepEqual(
      [by, waiting, active, canary, schemaVersion, workers],
      ['worker@1.0.0', 0, 0, 'done', 19, 1],
    )
    assert.equal(await jobsLeft(), 0)
  })

  it('tells a worker that does not take such jobs from none', async (test) => {
    await startWorker(test, answering('worker@1.0.0'), 'other')
    const answer = await ask({ processedWithin: 1_500 })
    assert.equal(gist(answer), 'failed notYet not-working', answer.sentence)
    assert.equal(answer.evidence['workers'], 1)
    assert.equal(await jobsLeft(), 0)
  })

  it('names the worker that did it when another was expected', async (test) => {
    await startWorker(test, answering('worker@0.9.0'))
    const answer = await patient()
    assert.equal(gist(answer), 'failed notYet wrong-worker', answer.sentence)
  })

  it('takes that the job has gone for done only when no version is expected', async (test) => {
    await startWorker(test, async () => undefined)
    const silent = await patient()
    assert.equal(gist(silent), 'failed notYet unknown-worker', silent.sentence)
    const done = await askOnce(probe, { ...inputOf(), canary: { processedWithin: 4_000 } })
    assert.equal(gist(done), 'passed processed', done.sentence)
    assert.equal(done.evidence['by'], undefined)
  })

  it('does not pass when the worker fails or answers an old question', async (test) => {
    let nextTask: Task = () => Promise.reject(new RangeError('no key=s3cret'))
    await startWorker(test, (payload, helpers) => nextTask(payload, helpers))
    const failed = await patient()
    assert.equal(gist(failed), 'failed notYet canary-failed', failed.sentence)
    assert.doesNotMatch(JSON.stringify(failed), /s3cret/)
    assert.equal(await jobsLeft(), 0)
    nextTask = (payload, helpers) =>
      answering('worker@1.0.0')({ ...(payload as object), token: 'old' }, helpers)
    const old = await patient()
    assert.equal(gist(old), 'failed notYet wrong-answer', old.sentence)
  })

  it('gives a worker that hangs one canary only, and goes on with it', async (test) => {
    const release = Promise.withResolvers<void>()
    // Otherwise stopping the worker would wait for what hangs.
    test.after(() => release.resolve())
    let taken = 0
    await startWorker(test, async (payload, helpers) => {
      taken += 1
      await release.promise
      await answering('worker@1.0.0')(payload, helpers)
    })
    const first = await ask({ processedWithin: 1_500 })
    assert.equal(gist(first), 'failed notYet unfinished', first.sentence)
    assert.match(String(first.evidence['takenBy']), /^pool-/)
    const second = await ask({ processedWithin: 200 })
    assert.equal(gist(second), 'failed notYet unfinished', second.sentence)
    assert.deepEqual([second.evidence['continued'], taken, await jobsLeft()], [true, 1, 1])
    release.resolve()
    const third = await patient()
    assert.equal(gist(third), 'passed processed', third.sentence)
    assert.equal(await jobsLeft(), 0)
  })

  it('sends a new canary when a worker has died over the last one', async (test) => {
    const release = Promise.withResolvers<void>()
    test.after(() => release.resolve())
    await startWorker(test, () => release.promise)
    assert.equal((await ask({ processedWithin: 1_500 })).reason, 'unfinished')
    await sql.query(
      "update graphile_worker._private_jobs set locked_at = now() - interval '1 minute'",
    )
    await startWorker(test, answering('worker@1.0.0'))
    const answer = await patient()
    assert.equal(gist(answer), 'passed processed', answer.sentence)
  })

  it('tells a full queue from a worker that takes nothing', async (test) => {
    for (let number = 0; number < 100; number += 1) await utils.addJob('report', { number })
    const dead = await ask()
    assert.equal(gist(dead), 'failed notYet no-worker', dead.sentence)
    assert.deepEqual([dead.evidence['waiting'], dead.evidence['ahead']], [100, 100])
    await startWorker(test, async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      setTimeout(resolve, 50)
      await promise
    })
    const full = await ask({ processedWithin: 1_000 })
    assert.equal(gist(full), 'failed notYet backlog', full.sentence)
    // The worker goes on meanwhile, but with what it was given by others.
    const canaries =
      "select 1 from graphile_worker._private_jobs where payload->>'token' is not null"
    assert.equal((await sql.query(canaries)).rows.length, 0)
  })

  it('takes the canary back when it is aborted, and leaves no session', async () => {
    const input = inputOf({ processedWithin: 4_000 })
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 150)
    assert.equal(gist(answer), 'failed notYet no-worker', answer.sentence)
    assert.ok(settleMs < 700, `settled ${settleMs} ms after the abort`)
    assert.equal(await jobsLeft(), 0)
    const { rows } = await sql.query(
      "select 1 from pg_stat_activity where application_name = 'rampart'",
    )
    assert.equal(rows.length, 0)
  })
})
