/** The queue probe on a real BullMQ. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it, type TestContext } from 'node:test'
import { type Job, Queue, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import {
  askingOf,
  askOnce,
  askUntilPassed,
  gist,
  settleMsAfterAbort,
} from '../../../test/support/asking.ts'
import { makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { makeRedis, type RedisServer } from '../../../test/support/redis.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { QueueProbe } from './queue-probe.ts'

const probe = new QueueProbe()

describe('the queue probe on BullMQ', requireRealPart('Redis'), () => {
  let server: RedisServer
  let redis: Redis
  let queue: Queue

  before(async () => {
    server = await makeRedis('--maxmemory-policy', 'noeviction')
    assert.equal(gist(await ask()), 'failed notYet refused')
    server.start()
    redis = server.client()
    await redis.ping()
    queue = new Queue('mails', { connection: place() })
    await queue.waitUntilReady()
  })

  after(async () => {
    await queue.close()
    await server.remove()
  })

  beforeEach(async () => {
    await redis.flushall()
  })

  const place = (): { host: string; port: number } => ({ host: '127.0.0.1', port: server.port })

  function inputOf(canary: JsonObject = {}, more: JsonObject = {}, bullmq: JsonObject = {}) {
    return {
      bullmq: { url: `redis://127.0.0.1:${server.port}/0`, queue: 'mails', ...bullmq },
      canary: { data: { kind: 'canary' }, processedWithin: 400, by: 'worker@1.0.0', ...canary },
      ...more,
    }
  }

  const ask = (
    canary: JsonObject = {},
    more: JsonObject = {},
    bullmq: JsonObject = {},
  ): Promise<Answer> => askOnce(probe, inputOf(canary, more, bullmq))

  /** For what is done at once, unless the machine is busy. */
  const patient = (more: JsonObject = {}, bullmq: JsonObject = {}): Promise<Answer> =>
    ask({ processedWithin: 4_000 }, more, bullmq)

  type Handler = (job: Job) => Promise<unknown>

  /** Starts a worker that is gone when the test ends. */
  async function startWorker(test: TestContext, handle: Handler, name = 'mails'): Promise<Worker> {
    const worker = new Worker(name, handle, { connection: place(), removeOnComplete: { count: 0 } })
    worker.on('error', (error) => assert.fail(error))
    test.after(() => worker.close(true))
    await worker.waitUntilReady()
    return worker
  }

  const answering =
    (version: string): Handler =>
    async (job) => ({ token: job.data.token, version })

  async function jobsLeft(): Promise<number> {
    return (await redis.keys('bull:mails:*')).filter((key) => key.split(':')[2]?.length === 36)
      .length
  }

  it('passes once the expected worker has done the canary, and leaves no job', async (test) => {
    const seen: unknown[] = []
    const dead = await ask()
    assert.equal(gist(dead), 'failed notYet no-worker', dead.sentence)
    assert.equal(await jobsLeft(), 0)
    const asked = askUntilPassed(probe, () => askingOf(inputOf()), 20_000)
    await startWorker(test, async (job) => {
      seen.push([job.name, job.data.kind])
      return await answering('worker@1.0.0')(job)
    })
    const answer = (await asked).at(-1)
    const { by, waiting, active, canary, paused, workers } = answer?.evidence ?? {}
    assert.deepEqual(
      [by, waiting, active, canary, paused, workers],
      ['worker@1.0.0', 0, 0, 'done', false, 1],
    )
    assert.deepEqual(seen.at(-1), ['canary', 'canary'])
    assert.equal(await jobsLeft(), 0)
    assert.equal(await redis.hget('bull:mails:meta', 'version'), null)
  })

  it('tells a paused queue, a paused worker and a dead one from each other', async (test) => {
    const dead = await ask()
    assert.equal(gist(dead), 'failed notYet no-worker', dead.sentence)
    const worker = await startWorker(test, answering('worker@1.0.0'))
    await worker.pause()
    const idle = await ask()
    assert.equal(gist(idle), 'failed notYet not-working', idle.sentence)
    assert.equal(idle.evidence['workers'], 1)
    await queue.pause()
    worker.resume()
    const paused = await ask()
    assert.equal(gist(paused), 'failed notYet paused', paused.sentence)
    assert.equal(paused.evidence['paused'], true)
    assert.equal(await jobsLeft(), 0)
    await queue.resume()
    const again = await patient()
    assert.equal(gist(again), 'passed processed', again.sentence)
  })

  it('names the worker that did it when another was expected', async (test) => {
    await startWorker(test, answering('worker@0.9.0'))
    const answer = await patient()
    assert.equal(gist(answer), 'failed notYet wrong-worker', answer.sentence)
  })

  for (const [what, handle, expected] of [
    ['says nothing', async () => undefined, 'unknown-worker'],
    ['answers an old question', async () => ({ token: 'old', version: 'a' }), 'wrong-answer'],
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
    await startWorker(test, async (job) => {
      taken += 1
      await release.promise
      return await answering('worker@1.0.0')(job)
    })
    const first = await ask({ processedWithin: 1_500 })
    assert.equal(gist(first), 'failed notYet unfinished', first.sentence)
    const second = await ask({ processedWithin: 200 })
    assert.equal(gist(second), 'failed notYet unfinished', second.sentence)
    assert.deepEqual([second.evidence['continued'], taken], [true, 1])
    release.resolve()
    const third = await patient()
    assert.equal(gist(third), 'passed processed', third.sentence)
    assert.equal(await jobsLeft(), 0)
  })

  it('tells a full queue from a worker that takes nothing', async (test) => {
    for (let number = 0; number < 100; number += 1) await queue.add('mail', { number })
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
    assert.ok(Number(full.evidence['ahead']) < 100)
  })

  it('tells a worker that is busy with another job from one that takes nothing', async (test) => {
    const release = Promise.withResolvers<void>()
    test.after(() => release.resolve())
    const started = Promise.withResolvers<void>()
    await startWorker(test, async () => {
      started.resolve()
      await release.promise
    })
    await queue.add('mail', {})
    await started.promise
    const answer = await ask()
    assert.equal(gist(answer), 'failed notYet busy', answer.sentence)
    assert.deepEqual([answer.evidence['active'], answer.evidence['ahead']], [1, 0])
  })

  it('judges what waits in the queue, although the canary was done', async (test) => {
    for (let number = 0; number < 3; number += 1) await queue.add('mail', { number })
    await queue.add('mail', {}, { delay: 3_600_000 })
    await startWorker(test, answering('worker@1.0.0'), 'canaries')
    const through = { canaryQueue: 'canaries' }
    const many = await patient({ waiting: 2 }, through)
    assert.equal(gist(many), 'failed notYet too-many-waiting', many.sentence)
    assert.equal(many.evidence['waiting'], 3)
    const few = await patient({ waiting: 3, oldestWaiting: 60_000 }, through)
    assert.equal(gist(few), 'passed processed', few.sentence)
    const old = await patient({ oldestWaiting: 1 }, through)
    assert.equal(gist(old), 'failed notYet waiting-too-long', old.sentence)
  })

  it('takes the canary back when it is aborted, and leaves no session', async () => {
    const before = await clients()
    const input = inputOf({ processedWithin: 4_000 })
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 150)
    assert.equal(gist(answer), 'failed notYet no-worker', answer.sentence)
    assert.ok(settleMs < 700, `settled ${settleMs} ms after the abort`)
    assert.equal(await jobsLeft(), 0)
    const giveUpMs = performance.now() + 60_000
    while ((await clients()) > before) assert.ok(performance.now() < giveUpMs, 'a session is left')
  })

  it('is terminal for wrong credentials and a missing database, and shows no password', async (test) => {
    test.after(() => redis.call('CONFIG', 'SET', 'requirepass', ''))
    await redis.call('CONFIG', 'SET', 'requirepass', 'swordfish')
    const url = (user: string, database = 0): JsonObject => ({
      url: `redis://${user}127.0.0.1:${server.port}/${database}`,
    })
    for (const [bullmq, expected] of [
      [url(''), 'failed terminal wrong-credentials'],
      [url(':hunter2@'), 'failed terminal wrong-credentials'],
      [url(':swordfish@', 99), 'failed terminal missing-database'],
      [url(':swordfish@'), 'failed notYet no-worker'],
    ] as const) {
      const answer = await ask({}, {}, bullmq)
      assert.equal(gist(answer), expected, answer.sentence)
      assert.doesNotMatch(JSON.stringify(answer), /hunter2|swordfish/)
    }
  })

  it('speaks TLS as the contract says', openssl, async (test) => {
    const { certificate, certificateFile, keyFile } = await makeCertificate(test)
    const tlsPort = await freePort()
    const secured = await makeRedis(
      ...['--tls-port', String(tlsPort), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', certificateFile, '--tls-key-file', keyFile],
    )
    test.after(() => secured.remove())
    secured.start()
    await secured.client().ping()
    const url = `rediss://localhost:${tlsPort}`
    const unknown = await ask({}, {}, { url })
    assert.equal(gist(unknown), 'failed terminal untrusted-certificate', unknown.sentence)
    const trusted = await ask({}, {}, { url, tls: { ca: certificate } })
    assert.equal(gist(trusted), 'failed notYet no-worker', trusted.sentence)
    const none = await ask({}, {}, { url, tls: { ca: '/nowhere/ca.pem' } })
    assert.equal(gist(none), 'errored terminal malformed-input', none.sentence)
  })

  it('says not yet when a user may not ask, and when the server is a replica', async (test) => {
    await redis.call('ACL', 'SETUSER', 'app', 'on', '>tiger', '~*', '+ping')
    const denied = await ask({}, {}, { url: `redis://app:tiger@127.0.0.1:${server.port}` })
    assert.equal(gist(denied), 'failed notYet permission-denied', denied.sentence)
    test.after(() => redis.replicaof('NO', 'ONE'))
    await redis.replicaof('127.0.0.1', '1')
    const replica = await ask()
    assert.equal(gist(replica), 'failed notYet read-only', replica.sentence)
  })

  async function clients(): Promise<number> {
    return String(await redis.call('CLIENT', 'LIST'))
      .trim()
      .split('\n').length
  }
})
