import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Connection } from 'mysql2/promise'
import { askOnce, askUntil, gist, settleMsAfterAbort } from '../../../test/support/asking.ts'
import { type MariadbServer, makeMariadb } from '../../../test/support/mariadb.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { MysqlProbe } from './mysql-probe.ts'

const probe = new MysqlProbe({ nowMs: () => Date.now() })
const STOPPED = 'failed notYet replication-stopped'
const TABLE = 'rampart_heartbeat'

describe('the mysql probe, of replication', requireRealPart('MariaDB'), () => {
  let primary: MariadbServer
  let replica: MariadbServer
  let writer: Connection
  let reader: Connection

  before(async () => {
    ;[primary, replica] = await Promise.all([
      makeMariadb('--log-bin', '--server-id=1'),
      makeMariadb('--server-id=2', '--read-only', '--slave-max-statement-time=0'),
    ])
    primary.start()
    replica.start()
    ;[writer, reader] = await Promise.all([primary.connect(), replica.connect()])
    await writer.query(
      "create user copy identified by 'cat'; grant replication slave on *.* to copy",
    )
    await writer.query("create user beat identified by 'tiger'; grant select on shop.* to beat")
    await reader.query("create user app identified by 'lion'; grant select on shop.* to app")
    await reader.query(
      "create user watch identified by 'owl'; grant replica monitor on *.* to watch",
    )
  })

  after(async () => {
    await Promise.all([writer?.end(), reader?.end()])
    await Promise.all([primary?.remove(), replica?.remove()])
  })

  const replicaAs = (user: string) => `mysql://${user}@127.0.0.1:${replica.port}/shop`
  const askServer = (user = 'watch:owl', lag = 1_000) =>
    askOnce(probe, { url: replicaAs(user).replace(/shop$/, ''), replication: { lag } })
  const ask = (more: JsonObject = {}, lag = 1_000) => {
    const from = `mysql://beat:tiger@127.0.0.1:${primary.port}/shop`
    return askOnce(probe, { url: replicaAs('app:lion'), replication: { from, lag, ...more } })
  }

  it('goes by what the server says, and says that it has no primary', async () => {
    assert.equal(gist(await askServer()), 'failed notYet not-replicating')
    assert.equal(gist(await askServer('app:lion')), 'failed notYet permission-denied')
    await reader.query(`change master to master_host = '127.0.0.1', master_port = ${primary.port},
      master_user = 'copy', master_password = 'cat', master_connect_retry = 1,
      master_use_gtid = slave_pos`)
    const unstarted = await askServer()
    assert.equal(gist(unstarted), STOPPED)
    await reader.query('start slave')
    const answer = await askUntil(askServer, /^passed ready/)
    const [channel] = answer.evidence['channels'] as [JsonObject]
    const behind = channel['behindSeconds']
    assert.ok(behind === 0 || behind === 1, 'no more than was asked for')
    assert.deepEqual(channel, {
      name: '',
      source: `127.0.0.1:${primary.port}`,
      receiver: 'Yes',
      applier: 'Yes',
      behindSeconds: behind,
    })
  })

  it('makes the table of heartbeats on the primary, and awaits the row here', async () => {
    const denied = await ask()
    assert.equal(gist(denied), 'failed notYet permission-denied')
    assert.match(denied.sentence, /the primary of app@.*CREATE command denied/)
    await writer.query('grant create, insert, update on shop.* to beat')
    const answer = await askUntil(ask, /^passed ready/)
    assert.ok(Number(answer.evidence['lagMs']) > 0 && Number(answer.evidence['lagMs']) < 1_000)
    assert.doesNotMatch(JSON.stringify(answer), /tiger|lion/)
    const [rows] = await reader.query(`select observer from ${TABLE}`)
    assert.deepEqual(rows, [{ observer: `127.0.0.1:${replica.port}/shop` }])
  })

  it('notices a thread that does not run, though the server could not say how far behind', async () => {
    await reader.query('stop slave sql_thread')
    const stopped = await askServer()
    assert.equal(gist(stopped), STOPPED)
    assert.match(stopped.sentence, /does not apply what it is given by 127\.0\.0\.1/)
    const channels = stopped.evidence['channels'] as readonly JsonObject[]
    assert.equal(channels[0]?.['behindSeconds'], null)
    assert.equal(gist(await ask({}, 200)), 'failed notYet lagging')
    await reader.query('start slave')
    await askUntil(ask, /^passed ready/)
  })

  it('notices a conflict, and says what the server says of it', async () => {
    await writer.query('create table orders (id int primary key)')
    await askUntil(
      () => askOnce(probe, { url: replicaAs('app:lion'), tables: { orders: [] } }),
      /^passed/,
    )
    await reader.query('insert into orders values (1)')
    await writer.query('insert into orders values (1)')
    const answer = await askUntil(askServer, /replication-stopped/)
    assert.match(answer.sentence, /Duplicate entry '1' for key/)
    await reader.query('delete from orders; start slave')
    await askUntil(ask, /^passed ready/)
  })

  it('notices a frozen applier that every status still calls well', async () => {
    await askUntil(askServer, /^passed ready/)
    await reader.query(`lock tables ${TABLE} read`)
    const answer = await ask({}, 300)
    assert.equal(gist(answer), 'failed notYet lagging')
    assert.ok(Number(answer.evidence['waitedMs']) >= 300)
    assert.equal(gist(await askServer('watch:owl', 60_000)), 'passed ready')
    const late = await askUntil(() => askServer('watch:owl', 500), /failed notYet lagging/)
    assert.match(late.sentence, /is \d+ s behind 127\.0\.0\.1:\d+; 500 ms expected/)
    await reader.query('unlock tables')
    await askUntil(ask, /^passed ready/)
  })

  it('gives up at once when aborted, and says how long it had waited', async () => {
    await reader.query('stop slave')
    const from = `mysql://beat:tiger@127.0.0.1:${primary.port}/shop`
    const input = { url: replicaAs('app:lion'), replication: { from, lag: 20_000 } }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 1_000)
    assert.ok(settleMs < 1_000, `settled ${settleMs} ms after the abort`)
    assert.equal(gist(answer), 'failed notYet lagging')
    assert.match(answer.sentence, /time was up before the 20000 ms expected/)
    await reader.query('start slave')
    await askUntil(ask, /^passed ready/)
  })

  it('tells a primary that is itself, and one that is set to read only', async () => {
    const from = replicaAs('admin:swordfish')
    const itself = await ask({ from })
    assert.equal(gist(itself), 'failed notYet wrong-primary')
    assert.match(itself.sentence, /itself; `from` must name the primary/)
    const readOnly = await askOnce(probe, { url: primary.url, replication: { from } })
    assert.equal(gist(readOnly), 'failed notYet wrong-primary')
    assert.match(readOnly.sentence, /which is set to read only/)
  })

  it('notices that the primary is gone, and says so of either way', async () => {
    await primary.stop()
    const gone = await ask()
    assert.equal(gist(gone), 'failed notYet refused')
    assert.match(gone.sentence, /the primary of app@/)
    const answer = await askUntil(askServer, /replication-stopped/)
    assert.match(answer.sentence, /is given nothing by 127\.0\.0\.1/)
  })
})
