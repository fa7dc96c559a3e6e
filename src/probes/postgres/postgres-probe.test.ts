import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import {
  askingOf,
  askOnce,
  askUntilPassed,
  gist,
  settleMsAfterAbort,
} from '../../../test/support/asking.ts'
import { makePostgres, type PostgresServer } from '../../../test/support/postgres.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { PostgresProbe } from './postgres-probe.ts'

const probe = new PostgresProbe({ nowMs: () => Date.now() })

const PASSES = 'passed ready'
const WRONG_HEAD = 'failed notYet wrong-head'
const UNFINISHED = 'failed notYet unfinished-migration'
const TOO_FAR = 'failed notYet migrated-too-far'

/** What each tool writes into its record, and what the probe must say after every step. */
const RECORDS: readonly {
  readonly tool: string
  readonly create: string
  readonly steps: readonly (readonly [sql: string, expected: string])[]
}[] = [
  {
    tool: 'prisma',
    create: `create table TABLE (id text, migration_name text, started_at timestamptz default now(),
      finished_at timestamptz, rolled_back_at timestamptz)`,
    steps: [
      ["insert into TABLE values ('a', '1', now(), now())", WRONG_HEAD],
      ["insert into TABLE values ('b', '2', now())", UNFINISHED],
      ["update TABLE set rolled_back_at = now() where id = 'b'", WRONG_HEAD],
      ["insert into TABLE values ('c', '2', now(), now())", PASSES],
    ],
  },
  {
    tool: 'flyway',
    create: 'create table TABLE (installed_rank int, version text, success boolean)',
    steps: [
      ["insert into TABLE values (1, '1', true), (2, '2', false)", UNFINISHED],
      ['update TABLE set success = true', PASSES],
      ['insert into TABLE values (3, null, true)', PASSES],
    ],
  },
  {
    tool: 'goose',
    create: 'create table TABLE (id serial, version_id int8, is_applied boolean)',
    steps: [
      ['insert into TABLE (version_id, is_applied) values (0, true), (1, true)', WRONG_HEAD],
      ['insert into TABLE (version_id, is_applied) values (2, true)', PASSES],
      ['insert into TABLE (version_id, is_applied) values (2, false)', WRONG_HEAD],
    ],
  },
  {
    tool: 'golang-migrate',
    create: 'create table TABLE (version int8, dirty boolean)',
    steps: [
      ['insert into TABLE values (2, true)', UNFINISHED],
      ['update TABLE set dirty = false', PASSES],
    ],
  },
  {
    tool: 'drizzle',
    create: 'create table TABLE (id serial, hash text, created_at int8)',
    steps: [
      ["insert into TABLE (hash, created_at) values ('abc', 1)", WRONG_HEAD],
      ["insert into TABLE (hash, created_at) values ('def', 2)", PASSES],
    ],
  },
  {
    tool: 'knex',
    create: `create table TABLE (id serial, name text, batch int);
      create table TABLE_lock (index serial, is_locked int)`,
    steps: [
      ["insert into TABLE (name, batch) values ('1', 1), ('2', 1)", PASSES],
      ['insert into TABLE_lock (is_locked) values (1)', 'failed notYet migrating'],
      ['update TABLE_lock set is_locked = 0', PASSES],
    ],
  },
  {
    tool: 'node-pg-migrate',
    create: 'create table TABLE (id serial, name text, run_on timestamp)',
    steps: [["insert into TABLE (name) values ('10'), ('2')", PASSES]],
  },
  {
    tool: 'rails',
    create: 'create table TABLE (version text primary key)',
    steps: [
      ['', WRONG_HEAD],
      ["insert into TABLE values ('1'), ('2')", PASSES],
      ["insert into TABLE values ('10')", TOO_FAR],
    ],
  },
]

describe('the postgres probe', () => {
  let server: PostgresServer
  let admin: pg.Client
  let startUp: readonly string[] = []
  let acceptedMs = Number.POSITIVE_INFINITY
  let passedMs = 0

  before(async () => {
    server = await makePostgres(['-c', 'max_connections=12'])
    const { url, port } = server
    const started = server.start()
    const accepted = acceptMs(port).then((ms) => {
      acceptedMs = ms
    })
    const answers = await askUntilPassed(probe, () => askingOf({ url }), 20_000)
    passedMs = performance.now()
    startUp = answers.map(gist)
    await Promise.all([started, accepted])
    admin = new pg.Client({ connectionString: url })
    await admin.connect()
  })

  after(async () => {
    await admin.end()
    await server.stop()
  })

  const ask = (more: JsonObject = {}) => askOnce(probe, { url: server.url, ...more })

  async function expectNoSession(): Promise<void> {
    const giveUpMs = performance.now() + 60_000
    for (;;) {
      const { rows } = await admin.query<{ count: string }>(
        "select count(*) from pg_stat_activity where application_name = 'rampart'",
      )
      if (rows[0]?.count === '0') return
      assert.ok(performance.now() < giveUpMs, `${rows[0]?.count} sessions are left`)
    }
  }

  it('does not pass while the server starts, though its port accepts before', () => {
    assert.equal(startUp.at(-1), 'passed ready')
    const waiting = new Set(startUp.slice(0, -1))
    for (const one of waiting) assert.match(one, /^failed notYet (refused|starting|reset)$/)
    assert.ok(waiting.has('failed notYet refused'))
    assert.ok(acceptedMs < passedMs, 'the port should have accepted before the probe passed')
  })

  it('tells what it found, and neither the password nor a session stays behind', async () => {
    const answer = await ask()
    assert.equal(gist(answer), 'passed ready')
    assert.match(String(answer.evidence['serverVersion']), /^18/)
    assert.equal(answer.evidence['inRecovery'], false)
    assert.equal(answer.evidence['family'], 'ipv4')
    assert.doesNotMatch(JSON.stringify(answer), /swordfish/)
    await expectNoSession()
  })

  it('is terminal for a wrong password, an unknown user and a missing database', async () => {
    const { port } = server
    for (const [url, expected] of [
      [`postgres://postgres:wrong@localhost:${port}/postgres`, 'wrong-credentials'],
      [`postgres://nobody:wrong@localhost:${port}/postgres`, 'wrong-credentials'],
      [server.url.replace(/postgres$/, 'nowhere'), 'missing-database'],
    ] as const) {
      const answer = await askOnce(probe, { url })
      assert.equal(gist(answer), `failed terminal ${expected}`, answer.sentence)
      assert.doesNotMatch(JSON.stringify(answer), /wrong@|swordfish/)
    }
  })

  it("never uses the daemon's own password", async (test) => {
    process.env['PGPASSWORD'] = 'swordfish'
    test.after(() => delete process.env['PGPASSWORD'])
    const answer = await askOnce(probe, { url: server.url.replace(':swordfish', '') })
    assert.equal(gist(answer), 'failed terminal wrong-credentials')
  })

  it('gives rows of a query, exact and at most 100', async () => {
    const query = 'select 1 as one, 9007199254740993::int8 as big, \'{"a":[1]}\'::jsonb as doc'
    const answer = await ask({ query })
    assert.deepEqual(answer.evidence['rows'], [
      { one: 1, big: '9007199254740993', doc: { a: [1] } },
    ])
    const many = await ask({ query: 'select n from generate_series(1, 1000000) as n' })
    assert.equal(gist(many), 'passed ready')
    assert.equal((many.evidence['rows'] as unknown[]).length, 100)
    assert.equal(many.evidence['rowsTruncated'], true)
    await expectNoSession()
  })

  it('lets no query write, nor several pass as one', async () => {
    const writing = await ask({ query: 'create table written (id int)' })
    assert.equal(gist(writing), 'errored terminal query-writes')
    const several = await ask({ query: 'commit; create table written (id int)' })
    assert.equal(gist(several), 'errored terminal malformed-query')
    const malformed = await ask({ query: 'selekt 1' })
    assert.equal(gist(malformed), 'errored terminal malformed-query')
    const { rows } = await admin.query("select to_regclass('written') as found")
    assert.deepEqual(rows, [{ found: null }])
  })

  it('does not pass on a half-applied migration', async () => {
    const input = { tables: { 'shop.orders': ['id', 'total_cents'], 'shop.lines': [] } }
    const nothing = await ask(input)
    assert.equal(gist(nothing), 'failed notYet missing-table')
    await admin.query('create schema shop; create table shop.orders (id int)')
    const half = await ask(input)
    assert.equal(gist(half), 'failed notYet missing-table')
    assert.deepEqual(half.evidence['missing'], ['shop.lines'])
    await admin.query('create table shop.lines (id int)')
    const column = await ask(input)
    assert.equal(gist(column), 'failed notYet missing-column')
    assert.match(column.sentence, /lacks 1 columns: shop\.orders\.total_cents\.$/)
    await admin.query('begin; alter table shop.orders add total_cents int')
    assert.equal(gist(await ask(input)), 'failed notYet missing-column')
    await admin.query('commit')
    assert.equal(gist(await ask(input)), 'passed ready')
  })

  it('does not pass on an index that is absent or invalid', async () => {
    await admin.query('create table twice (id int); insert into twice values (1), (1)')
    const input = { indexes: ['twice_id'] }
    assert.equal(gist(await ask(input)), 'failed notYet missing-index')
    await admin
      .query('create unique index concurrently twice_id on twice (id)')
      .catch((error: unknown) => assert.match(String(error), /could not create unique index/))
    const invalid = await ask(input)
    assert.equal(gist(invalid), 'failed notYet invalid-index')
    assert.deepEqual(invalid.evidence['invalid'], ['twice_id'])
    await admin.query('delete from twice; reindex index twice_id')
    assert.equal(gist(await ask(input)), 'passed ready')
  })

  it('expects a primary or a replica', async () => {
    assert.equal(gist(await ask({ role: 'primary' })), 'passed ready')
    assert.equal(gist(await ask({ role: 'replica' })), 'failed notYet wrong-role')
  })

  it('cancels a running query when aborted, settles at once, leaves no session', async () => {
    const input = { url: server.url, query: 'select pg_sleep(60)' }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 150)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 400, `settled ${settleMs} ms after the abort`)
    await expectNoSession()
  })

  it('says not yet when all connections are taken', async () => {
    const taken: pg.Client[] = []
    await admin.query("create role app login password 'tiger'")
    const url = server.url.replace('postgres:swordfish', 'app:tiger')
    try {
      for (;;) {
        const client = new pg.Client({ connectionString: url })
        client.on('error', () => undefined)
        await client.connect()
        taken.push(client)
      }
    } catch (thrown) {
      assert.match(String(thrown), /remaining connection slots|too many clients/)
    }
    const answer = await askOnce(probe, { url })
    await Promise.all(taken.map((client) => client.end()))
    assert.equal(gist(answer), 'failed notYet too-many-connections')
  })

  it('errs when a template became no URL, without showing it', async () => {
    const answer = await askOnce(probe, { url: 'app:hunter2@host/db' })
    assert.equal(gist(answer), 'errored terminal malformed-input')
    assert.doesNotMatch(answer.sentence, /hunter2/)
  })

  for (const { tool, create, steps } of RECORDS) {
    it(`reads the record of ${tool}`, async () => {
      const migrations = { table: `${tool.replaceAll('-', '_')}_record`, head: '2' }
      await admin.query(create.replaceAll('TABLE', migrations.table))
      for (const [sql, expected] of steps) {
        if (sql !== '') await admin.query(sql.replaceAll('TABLE', migrations.table))
        const answer = await ask({ migrations })
        assert.equal(gist(answer), expected, `after ${sql}: ${answer.sentence}`)
      }
    })
  }
})

/** When the port first accepted a connection. */
async function acceptMs(port: number): Promise<number> {
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    const isAccepted = await promise
    socket.destroy()
    if (isAccepted) return performance.now()
  }
}
