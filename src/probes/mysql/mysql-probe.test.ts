import assert from 'node:assert/strict'
import { chmod } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { dirname } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Connection } from 'mysql2/promise'
import {
  askingOf,
  askOnce,
  askUntilPassed,
  gist,
  settleMsAfterAbort,
} from '../../../test/support/asking.ts'
import { makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { type MariadbServer, makeMariadb } from '../../../test/support/mariadb.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { MysqlProbe } from './mysql-probe.ts'

const probe = new MysqlProbe({ nowMs: () => Date.now() })

const PASSES = 'passed ready'
const WRONG_HEAD = 'failed notYet wrong-head'
const UNFINISHED = 'failed notYet unfinished-migration'

/** What each tool writes into its record, and what the probe must say after every step. */
const RECORDS: readonly {
  readonly tool: string
  readonly create: string
  readonly steps: readonly (readonly [sql: string, expected: string])[]
}[] = [
  {
    tool: 'prisma',
    create: `create table TABLE (id varchar(36), migration_name text,
      started_at datetime(3) default now(3), finished_at datetime(3), rolled_back_at datetime(3))`,
    steps: [
      ["insert into TABLE values ('a', '1', now(), now(), null)", WRONG_HEAD],
      ["insert into TABLE values ('b', '2', now(), null, null)", UNFINISHED],
      ["update TABLE set rolled_back_at = now() where id = 'b'", WRONG_HEAD],
      ["insert into TABLE values ('c', '2', now() + interval 1 second, now(), null)", PASSES],
    ],
  },
  {
    tool: 'flyway',
    create: 'create table TABLE (installed_rank int, version varchar(50), success bool)',
    steps: [
      ["insert into TABLE values (1, '1', true), (2, '2', false)", UNFINISHED],
      ['update TABLE set success = true', PASSES],
      ['insert into TABLE values (3, null, true)', PASSES],
    ],
  },
  {
    tool: 'goose',
    create: `create table TABLE (id int auto_increment primary key, version_id bigint,
      is_applied bool)`,
    steps: [
      ['insert into TABLE (version_id, is_applied) values (0, true), (1, true)', WRONG_HEAD],
      ['insert into TABLE (version_id, is_applied) values (2, true)', PASSES],
      ['insert into TABLE (version_id, is_applied) values (2, false)', WRONG_HEAD],
    ],
  },
  {
    tool: 'golang-migrate',
    create: 'create table TABLE (version bigint, dirty bool)',
    steps: [
      ['insert into TABLE values (2, true)', UNFINISHED],
      ['update TABLE set dirty = false', PASSES],
    ],
  },
  {
    tool: 'drizzle',
    create: 'create table TABLE (id serial, hash text, created_at bigint)',
    steps: [
      ["insert into TABLE (hash, created_at) values ('abc', 1)", WRONG_HEAD],
      ["insert into TABLE (hash, created_at) values ('def', 2)", PASSES],
    ],
  },
  {
    tool: 'knex',
    create: `create table TABLE (id int auto_increment primary key, name varchar(255), batch int);
      create table TABLE_lock (\`index\` int, is_locked int)`,
    steps: [
      ["insert into TABLE (name, batch) values ('1', 1), ('2', 1)", PASSES],
      ['insert into TABLE_lock values (1, 1)', 'failed notYet migrating'],
      ['update TABLE_lock set is_locked = 0', PASSES],
    ],
  },
  {
    tool: 'laravel',
    create: `create table TABLE (id int auto_increment primary key, migration varchar(255),
      batch int)`,
    steps: [["insert into TABLE (migration, batch) values ('10', 1), ('2', 1)", PASSES]],
  },
  {
    tool: 'rails',
    create: 'create table TABLE (version varchar(255) primary key)',
    steps: [
      ['', WRONG_HEAD],
      ["insert into TABLE values ('1'), ('2')", PASSES],
      ["insert into TABLE values ('10')", 'failed notYet migrated-too-far'],
    ],
  },
]

describe('the mysql probe', requireRealPart('MariaDB'), () => {
  let server: MariadbServer
  let admin: Connection
  let startUp: readonly string[] = []
  let url = ''

  before(async () => {
    server = await makeMariadb('--max-connections=12')
    url = `mysql://app:tiger@127.0.0.1:${server.port}/shop`
    // A new server has no user but this one, and it has no password.
    const root = `mysql://root@127.0.0.1:${server.port}/mysql`
    const asked = askUntilPassed(probe, () => askingOf({ url: root }), 30_000)
    server.start()
    admin = await server.connect()
    await admin.query(
      `create user app identified by 'tiger'; grant select, insert on shop.* to app`,
    )
    await admin.query('flush privileges')
    startUp = (await asked).map(gist)
  })

  after(async () => {
    await admin?.end()
    await server?.remove()
  })

  const ask = (more: JsonObject = {}) => askOnce(probe, { url, ...more })

  async function expectNoSession(): Promise<void> {
    const giveUpMs = performance.now() + 60_000
    for (;;) {
      const [rows] = await admin.query(
        "select id from information_schema.processlist where user = 'app'",
      )
      if (Array.isArray(rows) && rows.length === 0) return
      assert.ok(performance.now() < giveUpMs, `left: ${JSON.stringify(rows)}`)
    }
  }

  it('does not pass while the server starts', () => {
    assert.equal(startUp.at(-1), PASSES)
    const waiting = new Set(startUp.slice(0, -1))
    assert.ok(waiting.has('failed notYet refused'), [...waiting].join(', '))
  })

  it('tells what it found, and neither the password nor a session stays behind', async () => {
    const answer = await ask()
    assert.equal(gist(answer), PASSES)
    const { evidence } = answer
    assert.equal(evidence['server'], 'mariadb')
    assert.match(String(evidence['serverVersion']), /^10\./)
    assert.equal(evidence['readOnly'], false)
    assert.ok(Math.abs(Number(evidence['serverTimeOffsetMs'])) < 1_000)
    assert.doesNotMatch(JSON.stringify(answer), /tiger/)
    await expectNoSession()
  })

  it('is terminal for a wrong password, an unknown user and a missing database', async () => {
    const { port } = server
    for (const [wrong, expected] of [
      [`mysql://app:wrong@localhost:${port}/shop`, 'failed terminal wrong-credentials'],
      [`mysql://nobody:wrong@localhost:${port}/shop`, 'failed terminal wrong-credentials'],
      [server.url.replace(/shop$/, 'nowhere'), 'failed terminal missing-database'],
      [url.replace(/shop$/, 'nowhere'), 'failed notYet permission-denied'],
    ] as const) {
      const answer = await askOnce(probe, { url: wrong })
      assert.equal(gist(answer), expected, answer.sentence)
      assert.doesNotMatch(JSON.stringify(answer), /wrong@|swordfish|tiger/)
    }
  })

  it('gives rows of a query, exact and at most 100', async () => {
    const query = "select 1 as one, 9007199254740993 as big, 0.10 as price, x'00ff' as bytes"
    const answer = await ask({ query })
    assert.deepEqual(answer.evidence['rows'], [
      { one: 1, big: '9007199254740993', price: '0.10', bytes: '0x00ff' },
    ])
    const many = await ask({ query: 'select seq from seq_1_to_1000000' })
    assert.equal(gist(many), PASSES)
    assert.equal((many.evidence['rows'] as unknown[]).length, 100)
    assert.equal(many.evidence['rowsTruncated'], true)
    await expectNoSession()
  })

  it('lets no query write, nor several pass as one', async () => {
    await admin.query('create table written (id int)')
    for (const query of ['insert into written values (1)', 'create table more (id int)']) {
      assert.equal(gist(await ask({ query })), 'errored terminal query-writes', query)
    }
    for (const query of ['commit; insert into written values (1)', 'selekt 1']) {
      assert.equal(gist(await ask({ query })), 'errored terminal malformed-query', query)
    }
    const [rows] = await admin.query('select * from written')
    assert.deepEqual(rows, [])
  })

  it('does not pass on a half-applied migration', async () => {
    const input = { tables: { 'shop.orders': ['id', 'Total_Cents'], '`order lines`': [] } }
    const nothing = await ask(input)
    assert.equal(gist(nothing), 'failed notYet missing-table')
    assert.deepEqual(nothing.evidence['missing'], ['shop.orders', '`order lines`'])
    await admin.query('create table orders (id int primary key, note text)')
    const half = await ask(input)
    assert.deepEqual(half.evidence['missing'], ['`order lines`'])
    await admin.query('create table `order lines` (id int)')
    const column = await ask(input)
    assert.equal(gist(column), 'failed notYet missing-column')
    assert.match(column.sentence, /lacks 1 columns: shop\.orders\.Total_Cents\.$/)
    await admin.query('alter table orders add total_cents int')
    assert.equal(gist(await ask(input)), PASSES)
  })

  it('expects a primary or a server that is set to read only', async () => {
    assert.equal(gist(await ask({ role: 'primary' })), PASSES)
    assert.equal(gist(await ask({ role: 'replica' })), 'failed notYet wrong-role')
    await admin.query('set global read_only = on')
    assert.equal(gist(await ask({ role: 'replica' })), PASSES)
    const write = { table: 'orders', values: { id: '7' } }
    assert.equal(gist(await ask({ write })), 'failed notYet read-only')
    await admin.query('set global read_only = off')
  })

  it('writes as the user that is signed in, and takes it back', async () => {
    const write = { table: 'shop.orders', values: { id: '7', note: "it's \\ fine" } }
    const written = await ask({ write })
    assert.equal(gist(written), PASSES, written.sentence)
    assert.ok(Number(written.evidence['writeMs']) > 0)
    const [rows] = await admin.query('select * from orders')
    assert.deepEqual(rows, [])
    const unfit = await ask({ write: { table: 'orders' } })
    assert.equal(gist(unfit), 'errored notYet unfit-row')
    assert.match(unfit.sentence, /give it `values` that fit: Field 'id' doesn't have a default/)
    assert.equal(gist(await ask({ write: { table: 'no_such' } })), 'failed notYet missing-table')
    const column = { table: 'orders', values: { total: '1' } }
    assert.equal(gist(await ask({ write: column })), 'failed notYet missing-column')
  })

  it('writes nothing where it could not be taken back', async () => {
    await admin.query('create table forever (id int) engine = myisam')
    const answer = await ask({ write: { table: 'forever', values: { id: '1' } } })
    assert.equal(gist(answer), 'errored notYet unsafe-table')
    assert.match(answer.sentence, /whose engine \(MyISAM\) knows no transactions/)
    const [rows] = await admin.query('select * from forever')
    assert.deepEqual(rows, [])
  })

  it('ends a running query on the server when aborted, and settles soon', async () => {
    const input = { url, query: 'select sleep(60)' }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 200)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 1_000, `settled ${settleMs} ms after the abort`)
    await expectNoSession()
  })

  it('says not yet when all connections are taken', async () => {
    const [before] = await admin.query('select @@max_connections as most')
    await admin.query('set global max_connections = 10')
    const taken: Connection[] = []
    const { createConnection } = await import('mysql2/promise')
    try {
      for (;;) taken.push(await createConnection(url))
    } catch (thrown) {
      assert.match(String(thrown), /Too many connections/)
    }
    const answer = await ask()
    await Promise.all(taken.map((connection) => connection.end()))
    assert.equal(gist(answer), 'failed notYet too-many-connections', JSON.stringify(before))
    await expectNoSession()
  })

  it('says what is no MySQL, and settles when nobody speaks', async () => {
    const http = createServer()
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const { port } = http.address() as AddressInfo
    const silent = await askOnce(
      probe,
      { url: `mysql://a@127.0.0.1:${port}/b` },
      { timeoutMs: 200 },
    )
    http.close()
    assert.equal(gist(silent), 'failed notYet timed-out')
    const refused = await askOnce(probe, { url: `mysql://a@127.0.0.1:${port}/b` })
    assert.equal(gist(refused), 'failed notYet refused')
  })

  it('takes no nonsense for an answer, and survives it', async (test) => {
    let said: readonly number[] = []
    const tcp = createTcpServer((socket) => socket.end(Buffer.from(said)))
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
    test.after(() => tcp.close())
    const { port } = tcp.address() as AddressInfo
    for (said of [
      [...Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
      [5, 0, 0, 0, ...Buffer.from('hello')],
      [1, 0, 0, 0, 255],
      [1, 0, 0, 0, 255, 1, 0, 0, 1, 255],
      [1, 0, 0, 0, 10],
    ]) {
      const answer = await askOnce(probe, { url: `mysql://a@127.0.0.1:${port}/b` })
      assert.match(
        gist(answer),
        /^failed notYet (?:not-mysql|reset|query-failed)$/,
        answer.sentence,
      )
    }
  })

  it('speaks TLS when told to, and judges the certificate', openssl, async (test) => {
    const authority = await makeCertificate(test, { isAuthority: true, names: ['DNS:authority'] })
    const own = await makeCertificate(test, { by: authority })
    const secure = await makeMariadb(
      `--ssl-cert=${own.certificateFile}`,
      `--ssl-key=${own.keyFile}`,
    )
    test.after(() => secure.remove())
    for (const file of [own.certificateFile, own.keyFile]) await openToAll(file)
    secure.start()
    await (await secure.connect()).end()
    const there = secure.url.replace('127.0.0.1', 'localhost')
    const query = "show status like 'Ssl_version'"
    const { certificate: ca } = authority
    const trusted = await askOnce(probe, { url: there, query, tls: { ca } })
    assert.equal(gist(trusted), PASSES, trusted.sentence)
    assert.match(JSON.stringify(trusted.evidence['rows']), /TLSv1\.3/)
    for (const [tls, expected] of [
      [{ insecure: true }, PASSES],
      [{}, 'failed terminal untrusted-certificate'],
      [{ ca, servername: 'db.example' }, 'failed terminal wrong-certificate-name'],
      [{ ca: '/no/such/file' }, 'errored terminal malformed-input'],
    ] as const) {
      assert.equal(gist(await askOnce(probe, { url: there, tls })), expected)
    }
    const plain = await ask({ tls: {} })
    assert.equal(gist(plain), 'failed notYet no-tls')
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

/** The server runs as a user of its own when the tests run as root. */
async function openToAll(file: string): Promise<void> {
  await chmod(dirname(file), 0o755)
  await chmod(file, 0o644)
}
