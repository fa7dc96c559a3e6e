import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import { askOnce, gist, settleMsAfterAbort } from '../../../test/support/asking.ts'
import { type PostgresServer, startPostgres } from '../../../test/support/postgres.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { PostgresProbe } from './postgres-probe.ts'

const probe = new PostgresProbe({ nowMs: () => Date.now() })

describe('the postgres probe, of extensions, connections, writes and clocks', () => {
  let server: PostgresServer
  let admin: pg.Client
  let url = ''

  before(async () => {
    server = await startPostgres(['-c', 'max_connections=12'])
    url = server.url.replace('postgres:swordfish', 'app:tiger')
    admin = new pg.Client({ connectionString: server.url })
    await admin.connect()
    await admin.query(`create role app login password 'tiger';
      create table orders (id int primary key, note text default 'none');
      create table lines (order_id int references orders deferrable initially deferred);
      grant insert on lines to app`)
  })

  after(async () => {
    await admin.end()
    await server.stop()
  })

  const ask = (more: JsonObject) => askOnce(probe, { url, ...more })

  it('expects extensions, at least in a version', async () => {
    assert.equal(gist(await ask({ extensions: { plpgsql: '1.0' } })), 'passed ready')
    const old = await ask({ extensions: { plpgsql: '1.0.1' } })
    assert.equal(gist(old), 'failed notYet old-extension')
    assert.match(old.sentence, /plpgsql 1\.0; 1\.0\.1 expected/)
    const missing = await ask({ extensions: { plpgsql: '', no_such: '' } })
    assert.equal(gist(missing), 'failed notYet missing-extension')
    assert.match(missing.sentence, /lacks 1 of 2 extensions: no_such \(the server has no files/)
  })

  it('counts the room for connections as a user without rights, and not itself', async () => {
    const giveUpMs = performance.now() + 60_000
    // Sessions of earlier tests may take a moment to end.
    while (gist(await ask({ connectionsFree: 8 })) !== 'passed ready') {
      assert.ok(performance.now() < giveUpMs, 'only the session of this test should be counted')
    }
    const crowded = await ask({ connectionsFree: 9 })
    assert.equal(gist(crowded), 'failed notYet too-many-connections')
    assert.match(crowded.sentence, /room for \d more connections \(\d of 9 are taken\); 9 expected/)
    assert.equal(crowded.evidence['connectionsMax'], 9)
  })

  it('writes as the user that is signed in, and takes it back', async () => {
    const orders = { write: { table: 'orders', values: { id: '7' } } }
    const denied = await ask(orders)
    assert.equal(gist(denied), 'failed notYet permission-denied')
    await admin.query('grant insert on orders to app')
    const written = await ask(orders)
    assert.equal(gist(written), 'passed ready')
    assert.ok(Number(written.evidence['writeMs']) > 0)
    assert.equal(gist(await ask({ write: {} })), 'passed ready')
    const { rows } = await admin.query('select count(*)::int as count from orders')
    assert.deepEqual(rows, [{ count: 0 }])
    const { rows: left } = await admin.query("select from pg_class where relname like 'rampart%'")
    assert.equal(left.length, 0)
  })

  it('notices what is set to read only, that reading would not notice', async () => {
    await admin.query('alter role app set default_transaction_read_only = on')
    const answer = await ask({ write: {} })
    assert.equal(gist(answer), 'failed notYet read-only')
    assert.match(answer.sentence, /takes no write: cannot execute CREATE TABLE in a read-only/)
    assert.equal(gist(await ask({})), 'passed ready')
    await admin.query('alter role app reset default_transaction_read_only')
  })

  it('tells a row that does not fit from a table that is missing', async () => {
    const unfit = await ask({ write: { table: 'orders', values: {} } })
    assert.equal(gist(unfit), 'errored notYet unfit-row')
    assert.match(unfit.sentence, /give it `values` that fit: null value in column "id"/)
    const orphan = await ask({ write: { table: 'lines', values: { order_id: '1' } } })
    assert.equal(gist(orphan), 'errored notYet unfit-row')
    assert.equal(gist(await ask({ write: { table: 'no.such' } })), 'failed notYet missing-table')
    const column = await ask({ write: { table: 'orders', values: { total: '1' } } })
    assert.equal(gist(column), 'failed notYet missing-column')
  })

  it('lets go of a write that waits for a lock when aborted', async () => {
    await admin.query('begin; lock table orders')
    const input = { url, write: { table: 'orders', values: { id: '7' } } }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 200)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 1_000, `settled ${settleMs} ms after the abort`)
    await admin.query('rollback')
    assert.equal(gist(await ask({ write: input.write })), 'passed ready')
  })

  it('tells how far the clock of the server is from ours', async () => {
    const same = await ask({})
    assert.ok(Math.abs(Number(same.evidence['serverTimeOffsetMs'])) < 1_000)
    const late = new PostgresProbe({ nowMs: () => Date.now() - 60_000 })
    const answer = await askOnce(late, { url })
    assert.ok(Math.abs(Number(answer.evidence['serverTimeOffsetMs']) - 60_000) < 1_000)
  })
})
