import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import { askOnce, askUntil, gist, settleMsAfterAbort } from '../../../test/support/asking.ts'
import {
  makePostgres,
  makeStandby,
  type PostgresServer,
  startPostgres,
} from '../../../test/support/postgres.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { createHeartbeatTable } from './heartbeat-table.ts'
import { PostgresProbe } from './postgres-probe.ts'

const probe = new PostgresProbe({ nowMs: () => Date.now() })
const TABLE = 'rampart_heartbeat'
const STOPPED = 'failed notYet replication-stopped'

async function connected({ url }: PostgresServer): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => 'Its server has been stopped.')
  await client.connect()
  return client
}

/** Tries again for as long as it fails with `excuse`; fails after a minute. */
async function eventually(act: () => Promise<unknown>, excuse: RegExp): Promise<void> {
  const giveUpMs = performance.now() + 60_000
  for (;;) {
    try {
      await act()
      return
    } catch (thrown) {
      assert.match(String(thrown), excuse)
      assert.ok(performance.now() < giveUpMs, String(thrown))
    }
  }
}

describe('the postgres probe, of logical replication', () => {
  let primary: PostgresServer
  let replica: PostgresServer
  let writer: pg.Client
  let reader: pg.Client

  before(async () => {
    const flags = ['-c', 'wal_level=logical', '-c', 'wal_retrieve_retry_interval=100ms']
    ;[primary, replica] = await Promise.all([startPostgres(flags), startPostgres(flags)])
    ;[writer, reader] = await Promise.all([connected(primary), connected(replica)])
    await writer.query('create table orders (id int primary key); create publication shop')
    await writer.query('alter publication shop add table orders')
    await writer.query("create role beat login password 'tiger'")
    await reader.query('create table orders (id int primary key)')
    await reader.query("create role app login password 'lion'")
  })

  after(async () => {
    await Promise.all([writer.end(), reader.end()])
    await Promise.all([primary.stop(), replica.stop()])
  })

  const ask = (more: JsonObject = {}, lag = 1_000) => {
    const url = replica.url.replace('postgres:swordfish', 'app:lion')
    const from = primary.url.replace('postgres:swordfish', 'beat:tiger')
    return askOnce(probe, { url, replication: { from, lag, ...more } })
  }
  const apply = (sql: string) => reader.query(`alter subscription shop_here ${sql}`)

  it('says what is to be set up, one thing after the other, and writes nothing before', async () => {
    assert.equal(gist(await ask()), 'failed notYet not-replicating')
    const origin = `host=127.0.0.1 port=${primary.port} user=postgres password=swordfish`
    await reader.query(`create subscription shop_here connection '${origin}' publication shop`)
    const untabled = await ask()
    assert.equal(gist(untabled), 'failed notYet missing-table')
    assert.match(untabled.sentence, /create table rampart_heartbeat \(observer text primary key/)
    await reader.query(createHeartbeatTable(TABLE))
    assert.equal(gist(await ask()), 'failed notYet not-subscribed')
    await writer.query(createHeartbeatTable(TABLE))
    await writer.query(`alter publication shop add table ${TABLE}`)
    const unpublished = await ask()
    assert.equal(gist(unpublished), 'failed notYet not-subscribed')
    assert.match(unpublished.sentence, /alter subscription shop_here refresh publication/)
    await apply('refresh publication')
    const denied = await askUntil(ask, /permission-denied/)
    assert.match(denied.sentence, /the primary of app@.*permission denied for table/)
    await writer.query(`grant select, insert, update on ${TABLE} to beat`)
    await reader.query(`grant select on ${TABLE} to app`)
    await askUntil(ask, /^passed ready/)
    const { rows } = await writer.query(`select count(*)::int as count from ${TABLE}`)
    assert.deepEqual(rows, [{ count: 1 }])
  })

  it('tells a first copy that cannot end', async () => {
    const row = "insert into late values ('elsewhere', 1, now())"
    for (const client of [writer, reader]) {
      await client.query(`${createHeartbeatTable('late')}; ${row}`)
      await client.query('grant select, insert, update on late to public')
    }
    await writer.query('alter publication shop add table late')
    await apply('refresh publication')
    const copying = await askUntil(() => ask({ table: 'late' }, 200), /errors so far/)
    assert.equal(gist(copying), 'failed notYet copying')
    assert.match(copying.sentence, /the first copy of late is not done \(\d+ errors so far\)/)
    await reader.query('delete from late')
    await askUntil(() => ask({ table: 'late' }), /^passed ready/)
  })

  it('measures the lag, and shows no password', async () => {
    const answer = await askUntil(ask, /^passed ready/)
    const { evidence } = answer
    assert.equal(evidence['replication'], 'logical')
    assert.equal(evidence['subscription'], 'shop_here')
    assert.ok(Number(evidence['lagMs']) > 0 && Number(evidence['lagMs']) < 1_000)
    assert.equal(typeof evidence['lagBytes'], 'number')
    assert.doesNotMatch(JSON.stringify(answer), /tiger|lion|swordfish/)
  })

  it('lets several observers of the same server go on at the same time', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask()))
    assert.deepEqual(answers.map(gist), Array(4).fill('passed ready'))
  })

  it('notices a disabled subscription on an idle primary, and that it is enabled again', async () => {
    await apply('disable')
    const answer = await ask()
    assert.equal(gist(answer), STOPPED)
    assert.match(answer.sentence, /its subscription shop_here is disabled/)
    assert.equal(answer.evidence['subscriptionEnabled'], false)
    await apply('enable')
    await askUntil(ask, /^passed ready/)
  })

  it('notices a frozen worker, that every catalog still calls well', async (test) => {
    const { rows } = await reader.query<{ pid: number }>(
      'select pid from pg_stat_subscription where relid is null',
    )
    const pid = rows[0]?.pid ?? 0
    process.kill(pid, 'SIGSTOP')
    test.after(() => process.kill(pid, 'SIGCONT'))
    const answer = await ask({}, 300)
    assert.equal(gist(answer), 'failed notYet lagging')
    assert.equal(answer.evidence['subscriptionWorking'], true)
    assert.ok(Number(answer.evidence['waitedMs']) >= 300)
    assert.ok(Number(answer.evidence['lagBytes']) > 0, 'there is something left to be given')
    process.kill(pid, 'SIGCONT')
    await askUntil(ask, /^passed ready/)
  })

  it('notices a worker that stops at a conflict, and counts its errors', async () => {
    await reader.query('insert into orders values (1)')
    await writer.query('insert into orders values (1)')
    const answer = await askUntil(
      () => ask({}, 200),
      /no process applies .* errors so far|\d+ errors/,
    )
    assert.match(gist(answer), /replication-stopped|lagging/)
    assert.ok(Number(answer.evidence['subscriptionErrors']) > 0)
    await reader.query('delete from orders')
    await askUntil(ask, /^passed ready/)
  })

  it('gives up at once when aborted, and says how long it had waited', async () => {
    await reader.query('begin')
    await reader.query(`lock table ${TABLE} in exclusive mode`)
    const input = { url: replica.url, replication: { from: primary.url, lag: 20_000 } }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 300)
    await reader.query('rollback')
    assert.equal(gist(answer), 'failed notYet lagging')
    assert.match(answer.sentence, /time was up before the 20000 ms expected/)
    assert.ok(settleMs < 1_000, `settled ${settleMs} ms after the abort`)
    const left = `select 1 / (count(*) = 0)::int from pg_stat_activity
      where application_name = 'rampart'`
    await eventually(() => writer.query(left), /division by zero/)
    await eventually(() => reader.query(left), /division by zero/)
  })

  it('tells a primary that is itself, and one that cannot be asked', async () => {
    const from = primary.url
    const itself = await askOnce(probe, { url: from, replication: { from } })
    assert.equal(gist(itself), 'failed notYet not-replicating')
    const wrong = await ask({ from: from.replace('swordfish', 'wrong') })
    assert.equal(gist(wrong), 'failed terminal wrong-credentials')
    assert.match(wrong.sentence, /the primary of app@/)
    const gone = await ask({ from: 'postgres://a:b@127.0.0.1:1/d' })
    assert.equal(gist(gone), 'failed notYet refused')
  })

  it('tells a primary that accepts and never answers from a replica that does not', async (test) => {
    const silent = createServer()
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    test.after(() => silent.close())
    const { port } = silent.address() as AddressInfo
    const from = `postgres://a:b@127.0.0.1:${port}/d`
    const options = { timeoutMs: 500 }
    const mute = await askOnce(probe, { url: replica.url, replication: { from } }, options)
    assert.equal(gist(mute), 'failed notYet timed-out')
    assert.match(mute.sentence, /the primary of postgres@.*, got no answer after \d+ ms/)
    const replication = { from: primary.url }
    const deaf = await askOnce(probe, { url: from, replication }, options)
    assert.equal(gist(deaf), 'failed notYet timed-out')
    assert.doesNotMatch(deaf.sentence, /the primary of/)
  })

  it('notices that the slot is gone from the primary', async () => {
    await apply('disable')
    // The primary notices only after a moment that nobody reads from it any more.
    const drop = "select pg_drop_replication_slot('shop_here')"
    await eventually(() => writer.query(drop), /active for PID/)
    await apply('enable')
    const answer = await askUntil(() => ask({}, 200), /has no slot shop_here/)
    assert.equal(gist(answer), STOPPED)
    assert.equal(answer.evidence['slot'], 'missing')
  })
})

describe('the postgres probe, of physical replication', () => {
  let primary: PostgresServer
  let standby: PostgresServer
  let writer: pg.Client
  let reader: pg.Client

  before(async () => {
    primary = await makePostgres()
    standby = await makeStandby(primary)
    await primary.start()
    await standby.start()
    ;[writer, reader] = await Promise.all([connected(primary), connected(standby)])
  })

  after(async () => {
    await Promise.all([writer.end(), reader.end()])
    await Promise.all([standby.stop(), primary.stop()])
  })

  const ask = (lag = 1_000) =>
    askOnce(probe, { url: standby.url, role: 'replica', replication: { from: primary.url, lag } })

  it('makes the table on the primary when it is missing, and awaits its log here', async () => {
    const answer = await askUntil(ask, /^passed ready/)
    assert.equal(answer.evidence['replication'], 'physical')
    assert.equal(answer.evidence['lagBytes'], 0)
    const { rows } = await reader.query(`select count(*)::int as count from ${TABLE}`)
    assert.deepEqual(rows, [{ count: 1 }])
  })

  it('makes no table that would stop subscribers', async () => {
    await writer.query(`drop table ${TABLE}; create publication everything for all tables`)
    const answer = await ask()
    assert.equal(gist(answer), 'failed notYet missing-table')
    assert.match(answer.sentence, /publishes new tables to subscribers/)
    await writer.query('drop publication everything')
    await askUntil(ask, /^passed ready/)
  })

  it('notices a paused replay on an idle primary', async () => {
    await reader.query('select pg_wal_replay_pause()')
    const answer = await askUntil(() => ask(200), /is a replica whose replay is paused/)
    assert.equal(gist(answer), STOPPED)
    await reader.query('select pg_wal_replay_resume()')
    await askUntil(ask, /^passed ready/)
  })

  it('notices a replica that is connected to no primary', async () => {
    const set = (origin: string) => reader.query(`alter system ${origin}`)
    await set("set primary_conninfo = ''")
    await reader.query('select pg_reload_conf()')
    const answer = await askUntil(() => ask(200), /it is connected to no primary/)
    assert.equal(gist(answer), STOPPED)
    assert.equal(answer.evidence['receiving'], false)
    await set('reset primary_conninfo')
    await reader.query('select pg_reload_conf()')
    await askUntil(ask, /^passed ready/)
  })

  it('tells a replica of another primary, and a primary that is itself a replica', async () => {
    const other = await startPostgres()
    try {
      const replication = { from: other.url }
      const answer = await askOnce(probe, { url: standby.url, replication })
      assert.equal(gist(answer), 'failed notYet wrong-primary')
      assert.match(answer.sentence, /do not belong to the same cluster/)
    } finally {
      await other.stop()
    }
    const swapped = await askOnce(probe, {
      url: standby.url,
      replication: { from: standby.url },
    })
    assert.equal(gist(swapped), 'failed notYet wrong-primary')
  })

  it('notices a replica whose connection is frozen', async (test) => {
    const { rows } = await reader.query<{ pid: number }>('select pid from pg_stat_wal_receiver')
    const pid = rows[0]?.pid ?? 0
    process.kill(pid, 'SIGSTOP')
    test.after(() => process.kill(pid, 'SIGCONT'))
    const answer = await ask(300)
    assert.equal(gist(answer), 'failed notYet lagging')
    assert.ok(Number(answer.evidence['lagBytes']) > 0)
    process.kill(pid, 'SIGCONT')
    await askUntil(ask, /^passed ready/)
  })
})
