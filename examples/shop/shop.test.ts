/** The shop's programs against each other and a real PostgreSQL, brought up by hand once. */
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Client } from 'pg'
import type { Answer } from '../../src/core/plan/verdict.ts'
import { QueueProbe } from '../../src/probes/queue/queue-probe.ts'
import { askOnce } from '../../test/support/asking.ts'
import {
  endAll,
  eventually,
  freePorts,
  groupExists,
  isAlive,
  run,
  type Started,
  start,
  type Variables,
} from './by-hand.ts'
import type { Warmth } from './cache.ts'
import { CANARY_QUEUE, ORDERS_QUEUE } from './queue.ts'
import { isReady, type Readiness } from './readiness.ts'

const PASSWORD = 'a/b:c@d'
const folder = mkdtempSync(join(tmpdir(), 'shop-test-'))
// The account that serves for root must be able to reach it.
chmodSync(folder, 0o755)
const [pgPort = 0, cachePort = 0, apiPort = 0] = await freePorts(3)
const cacheUrl = `http://127.0.0.1:${cachePort}`
const apiUrl = `http://127.0.0.1:${apiPort}`
const databaseUrl = `postgres://app:${encodeURIComponent(PASSWORD)}@127.0.0.1:${pgPort}/shop`

const variables: Variables = {
  SHOP_DB_PASSWORD: PASSWORD,
  DATABASE_URL: databaseUrl,
  PRIMARY_URL: databaseUrl,
  WORKER_VERSION: 'worker@7',
  CACHE_URL: cacheUrl,
  API_URL: apiUrl,
}
const database: Variables = { ...variables, PORT: `${pgPort}`, SHOP_DATA: join(folder, 'data') }
const cache: Variables = { ...variables, PORT: `${cachePort}` }
const api: Variables = { ...variables, PORT: `${apiPort}` }

after(() => rmSync(folder, { recursive: true, force: true }))

/** How long a program may take to stop; the database writes its last page first. */
const STOPPED_WITHIN_MS = 3_000
const STOPPED_DB_WITHIN_MS = 5_000

describe('the shop, brought up by hand', () => {
  let db: Started
  let worker: Started

  before(() => {
    db = start('db.ts', database)
  })
  after(endAll)

  it('has a database that is complete as soon as it lets anyone in', async () => {
    const refusals = new Set<string>()
    await eventually('signing in', async () => {
      const code = await signInCode()
      if (code === 'ok') return true
      refusals.add(code)
      assert.equal(groupExists(db.pid), true, db.lines.join('\n'))
      return undefined
    })
    refusals.delete('ECONNREFUSED')
    refusals.delete('57P03')
    assert.deepEqual([...refusals], [])
  })

  it('stops migrating at a migration that fails, and keeps those before it', async () => {
    const { code, text } = await run('migrate.ts', { ...variables, SHOP_BREAK: 'schema' })
    assert.equal(code, 1, text)
    assert.match(text, /0005_order_status\.sql failed: column "discount_cents" does not exist/)
    assert.deepEqual(await ask('select max(version) as head from schema_migrations'), [
      { head: '0004' },
    ])
  })

  it('migrates once even when two do it at the same time, and is done when repeated', async () => {
    const both = await Promise.all([run('migrate.ts', variables), run('migrate.ts', variables)])
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
      both.map(({ text }) => text).join('\n'),
    )
    const applied = both.map(({ text }) => /head 0007, (\d) applied/.exec(text)?.[1])
    assert.deepEqual(applied.toSorted(), ['0', '3'])
    assert.deepEqual(await ask('select max(version) as head from schema_migrations'), [
      { head: '0007' },
    ])
  })

  it('shows by a test job that a worker which looks alive is paused', async () => {
    const paused = start('worker.ts', { ...variables, SHOP_BREAK: 'worker' })
    await paused.line(/worker@7 is connected to the queues/)
    const { reason, sentence } = await askWorker('worker@7', 300)
    assert.equal(reason, 'not-working', sentence)
    assert.match(sentence, /nobody took the canary within \d+ ms/)
    assertStopped(await paused.stop())
  })

  it('shows by a test job that a worker works, and which one', async () => {
    worker = start('worker.ts', variables)
    await worker.line(/worker@7 is connected to the queues/)
    const good = await askWorker('worker@7')
    assert.equal(good.verdict, 'passed', good.sentence)
    const other = await askWorker('worker@8')
    assert.equal(other.reason, 'wrong-worker', other.sentence)
    assert.match(other.sentence, /the worker worker@7.*; worker@8 expected/)
  })

  it('has a cache that says so when it is warmed only by half', async () => {
    const half = start('cache.ts', { ...cache, SHOP_BREAK: 'cache' })
    const response = await eventually('the cache answers', () => answerOf(`${cacheUrl}/warm`))
    assert.equal(response.status, 503)
    const warmth = (await response.json()) as Warmth
    assert.deepEqual(warmth, { ok: false, warmed: 4, expected: 8 })
    assertStopped(await half.stop())
  })

  it('has an API that crashes soon after it listened when it is broken', async () => {
    const broken = start('api.ts', { ...api, SHOP_BREAK: 'api' })
    await broken.line(/listening on/)
    assert.deepEqual(await broken.ended, { code: 1, signal: null })
    assert.match(broken.lines.join('\n'), /BrokenOnPurpose: the price list could not be read/)
  })

  it('has a smoke test that finds a wrong total although every part is ready', async () => {
    const good = start('cache.ts', cache)
    const wrong = start('api.ts', { ...api, SHOP_BREAK: 'smoke' })
    await eventually('the API is ready', async () => (await readiness())?.isReady || undefined)
    const { code, text } = await run('smoke.ts', variables)
    assert.equal(code, 1, text)
    assert.match(text, /order 1 \(2 × Teapot\) should cost 6900 cents, but was charged 6901 cents/)
    assertStopped(await wrong.stop())
    assert.equal(groupExists(good.pid), true)

    const whole = start('api.ts', api)
    await eventually('the API is ready', async () => (await readiness())?.isReady || undefined)
    const smoke = await run('smoke.ts', variables)
    assert.equal(smoke.code, 0, smoke.text)
    assert.match(smoke.text, /ok: order 2 was processed by worker@7\n/)
    await staysReadyUnderManyAskings()
    await noticesThatTheWorkerIsGone()
    await refusesWrongOrders()
    for (const program of [whole, good]) assertStopped(await program.stop())
  })

  it('leaves nothing behind when it is stopped', async () => {
    assertStopped(await db.stop(), STOPPED_DB_WITHIN_MS)
    assert.equal(await signInCode(), 'ECONNREFUSED')
    for (const { pid } of [db, worker]) assert.equal(groupExists(pid), false)
    assert.equal(existsSync(join(folder, 'data')), false)
  })

  async function staysReadyUnderManyAskings(): Promise<void> {
    const counter = 'select count(*)::integer as count from pgboss.job where name = $1'
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(Array.from({ length: 20 }, readiness))
      assert.equal(
        answers.every((answer) => answer?.isReady),
        true,
      )
      const [row] = await ask(counter, ['canary'])
      assert.ok(Number(row?.['count']) <= 1, `${row?.['count']} test jobs at once`)
    }
  }

  async function noticesThatTheWorkerIsGone(): Promise<void> {
    assertStopped(await worker.stop())
    const answer = await eventually('the API is not ready', async () => {
      const latest = await readiness()
      return latest?.isReady === false ? latest : undefined
    })
    assert.equal(answer.status, 503)
    assert.equal(answer.db.ok && answer.cache.ok, true)
    const reason = answer.queue.ok ? '' : answer.queue.reason
    assert.match(reason, /no worker took the test job within 1000 ms|no answer within 1000 ms/)
  }

  async function refusesWrongOrders(): Promise<void> {
    const place = (order: object): Promise<Response> =>
      fetch(`${apiUrl}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(order),
      })
    assert.equal((await place({ productId: 99, quantity: 1 })).status, 404)
    assert.equal((await place({ productId: 1, quantity: 0 })).status, 400)
    assert.equal((await fetch(`${apiUrl}/orders/99`)).status, 404)
    assert.equal((await fetch(`${apiUrl}/health`)).status, 200)
  }
})

describe('the database program', () => {
  const kept: Variables = {
    ...database,
    SHOP_DATA: join(folder, 'kept'),
    SHOP_KEEP_DATA: 'yes',
  }
  after(endAll)

  it('ends with the reason when the server refuses its settings', async () => {
    const { code, text } = await run('db.ts', { ...database, SHOP_BREAK: 'db' })
    assert.equal(code, 1, text)
    assert.match(text, /invalid value for parameter "shared_buffers": "plenty"/)
    assert.match(text, /^db: PostgreSQL ended by itself \(code 1\)$/m)
    assert.equal(existsSync(join(folder, 'data')), false)
  })

  it('starts over after a kill in the middle of making its data', async () => {
    const killed = start('db.ts', kept)
    await killed.line(/making a fresh database/)
    assert.deepEqual(await killed.kill(), { code: null, signal: 'SIGKILL' })

    const db = start('db.ts', kept)
    await signIn()
    await ask('create table notes as select 1 as line')
    const sessions = await ask('select pid from pg_stat_activity where pid <> pg_backend_pid()')
    assert.notEqual(sessions.length, 0)
    await db.kill()
    await eventually('every process of the server is gone', () => {
      const isLeft = groupExists(db.pid) || sessions.some(({ pid }) => isAlive(Number(pid)))
      return isLeft ? undefined : true
    })
  })

  it('goes on with the data of a server that was killed, when told to keep it', async () => {
    const db = start('db.ts', kept)
    await signIn()
    assert.deepEqual(await ask('select line from notes'), [{ line: 1 }])
    assertStopped(await db.stop(), STOPPED_DB_WITHIN_MS)
    assert.equal(existsSync(join(folder, 'kept')), true)
  })

  it('refuses a folder with other files, and one that is being served', async () => {
    const other = await run('db.ts', { ...database, SHOP_DATA: import.meta.dirname })
    assert.equal(other.code, 1)
    assert.match(other.text, /holds files that are not the shop's/)

    const db = start('db.ts', database)
    await db.line(/ready to accept connections/)
    const second = await run('db.ts', { ...database, PORT: `${apiPort}` })
    assert.equal(second.code, 1)
    assert.match(second.text, /PostgreSQL \(pid \d+\) still serves/)
    assertStopped(await db.stop(), STOPPED_DB_WITHIN_MS)
  })

  const isRoot = process.getuid?.() === 0
  it('works for root in a folder that only root can reach', {
    skip: isRoot ? false : 'only root runs the server as another account',
  }, async () => {
    const secret = mkdtempSync(join(tmpdir(), 'shop-secret-'))
    const db = start('db.ts', { ...database, SHOP_DATA: join(secret, 'data') })
    await db.line(/ready to accept connections/)
    const moved = db.lines.join('\n').match(/data in (\S+)\/pg$/m)?.[1] ?? ''
    assert.match(moved, /shop-data-[0-9a-f]{12}$/)
    assertStopped(await db.stop(), STOPPED_DB_WITHIN_MS)
    assert.equal(existsSync(moved), false)
    rmSync(secret, { recursive: true })
  })
})

async function signIn(): Promise<void> {
  await eventually('signing in', async () => (await signInCode()) === 'ok' || undefined)
}

/** `ok`, or the code with which the database turned us away. */
async function signInCode(): Promise<string> {
  const client = new Client({ connectionString: databaseUrl })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return 'ok'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

/** What `rampart.yaml` asks of the worker. */
async function askWorker(by: string, processedWithin = 1500): Promise<Answer> {
  return await askOnce(new QueueProbe(), {
    pgBoss: {
      url: databaseUrl,
      queue: ORDERS_QUEUE,
      canaryQueue: CANARY_QUEUE,
      session: 'shop worker',
    },
    canary: { processedWithin, by },
  })
}

async function ask(
  sql: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query(sql, [...values])).rows
  } finally {
    await client.end()
  }
}

/** The answer, once the program listens at all. */
async function answerOf(url: string): Promise<Response | undefined> {
  return await fetch(url).catch(() => undefined)
}

async function readiness(): Promise<
  (Readiness & { readonly isReady: boolean; readonly status: number }) | undefined
> {
  const response = await answerOf(`${apiUrl}/ready`)
  if (response === undefined) return undefined
  const body = (await response.json()) as Readiness
  assert.equal(isReady(body), response.status === 200)
  return { ...body, isReady: isReady(body), status: response.status }
}

function assertStopped(
  stopped: { readonly code: number | null; readonly tookMs: number },
  withinMs: number = STOPPED_WITHIN_MS,
): void {
  assert.equal(stopped.code, 0)
  assert.ok(stopped.tookMs < withinMs, `stopping took ${Math.round(stopped.tookMs)} ms`)
}
