/** What is between us and PostgreSQL: faults that say what to do, limits, and a schema that is whole. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { scratchDatabases } from '../../test/support/databases.ts'
import { freePort } from '../../test/support/free-port.ts'
import { SystemClock } from '../clock/system-clock.ts'
import { isFault } from '../core/fault/fault.ts'
import { PostgresLeases } from '../leases/postgres/postgres-leases.ts'
import { type Database, openDatabase } from './database.ts'
import type { Deed } from './database-fault.ts'
import { migrateDatabase, readVersion } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'

const databases = scratchDatabases()
/** The newest step takes something away; a program before it is refused. */
const LATEST = MIGRATIONS.length
const DEED: Deed = { code: 'store-unavailable', operation: 'try' }

function open(url: string, statementMs?: number): Promise<Database> {
  return openDatabase({
    ...{ url, replica: 'trial', clock: new SystemClock(), onTrouble: () => undefined },
    ...(statementMs !== undefined && { statementMs }),
  })
}

async function assertFault(promise: Promise<unknown>, code: string, hint: RegExp): Promise<void> {
  await assert.rejects(promise, (thrown) => {
    assert(isFault(thrown), String(thrown))
    assert.equal(thrown.code, code)
    assert.match(thrown.hint, hint)
    assert.doesNotMatch(`${thrown.message} ${thrown.subject}`, /swordfish|wrong-password/)
    return true
  })
}

test('says why a database cannot be opened, without the password', async () => {
  const { url } = await databases.server()
  const port = await freePort()
  await assertFault(
    open(url.replace(/:\d+\//, `:${port}/`)),
    'ledger-unavailable',
    /could not be reached: .*ECONNREFUSED/,
  )
  await assertFault(
    open(url.replace('swordfish', 'wrong-password')),
    'ledger-unavailable',
    /refused the user or the password/,
  )
  await assertFault(open(`${url}x`), 'ledger-unavailable', /createdb/)
})

test('gives up a statement that takes too long, and a connection that was ended is replaced', async () => {
  const { url, drop } = await databases.make()
  const database = await open(url, 200)
  try {
    const slow = database.query(DEED, { text: 'SELECT pg_sleep(20)' }, [])
    await assertFault(slow, 'store-unavailable', /statement timeout/)
    const ended = database.query(
      DEED,
      { text: 'SELECT pg_terminate_backend(pg_backend_pid())' },
      [],
    )
    await assertFault(ended, 'store-unavailable', /terminat/)
    assert.deepEqual(await database.query(DEED, { text: 'SELECT 1' }, []), [[1]])
  } finally {
    await database.close()
    await drop()
  }
})

test('waits until the disk has it, also where the database was told not to', async () => {
  const { url, sql, drop } = await databases.make()
  const [[name] = []] = (await sql('SELECT current_database()')) as string[][]
  await sql(`ALTER DATABASE ${name} SET synchronous_commit = off`)
  const database = await open(url)
  try {
    assert.deepEqual(await database.query(DEED, { text: 'SHOW synchronous_commit' }, []), [['on']])
  } finally {
    await database.close()
    await drop()
  }
})

test('has all steps of a migration or none, and leaves a schema that only adds alone', async () => {
  const { url, drop: remove } = await databases.make()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await migrateDatabase(client, 'trial')
    const next = [
      ...MIGRATIONS,
      { number: LATEST + 1, compatibleFrom: LATEST, sql: 'CREATE TABLE rampart.more (id integer)' },
    ]
    const drop = 'DROP TABLE rampart.no_such'
    const spoiled = [...next, { number: LATEST + 2, compatibleFrom: LATEST + 2, sql: drop }]
    await assert.rejects(migrateDatabase(client, 'trial', spoiled), /no_such/)
    const { compatibleFrom } = MIGRATIONS.at(-1) ?? assert.fail('there are steps')
    assert.deepEqual(await readVersion(client), { number: LATEST, compatibleFrom })
    await migrateDatabase(client, 'trial', next)
    assert.deepEqual(await readVersion(client), { number: LATEST + 1, compatibleFrom: LATEST })
    // What an older replica does beside it: nothing, for nothing was taken away.
    await migrateDatabase(client, 'trial')
    assert.deepEqual(await readVersion(client), { number: LATEST + 1, compatibleFrom: LATEST })
  } finally {
    await client.end()
    await remove()
  }
})

test('leaves leases of the schema before to whoever holds them, until they expire', async () => {
  const { url, sql, drop } = await databases.make()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await migrateDatabase(client, 'trial', MIGRATIONS.slice(0, 1))
    const values = ['held', 'old', 4, '1 hour', 'expired', 'older', 7, '-1 s']
    await sql(
      `INSERT INTO rampart.leases VALUES ($1, $2, $3, now() + $4::interval),
        ($5, $6, $7, now() + $8::interval), ('free', NULL, 9, now())`,
      values,
    )
    const database = await open(url)
    const leases = new PostgresLeases({ database, owner: 'new' })
    await leases.begin()
    const taken = await Promise.all(['held', 'expired', 'free'].map((one) => leases.take(one)))
    assert.deepEqual(
      taken.map((lease) => lease?.token),
      [undefined, 8, 10],
    )
    // What the program before would renew and take by is gone.
    await assert.rejects(sql('UPDATE rampart.leases SET expires_at = now()'), /expires_at/)
    await database.close()
  } finally {
    await client.end()
    await drop()
  }
})
