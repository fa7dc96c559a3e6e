/** What is between us and PostgreSQL: faults that say what to do, limits, and a schema that is whole. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { scratchDatabases } from '../../test/support/databases.ts'
import { freePort } from '../../test/support/free-port.ts'
import { SystemClock } from '../clock/system-clock.ts'
import { isFault } from '../core/fault/fault.ts'
import { type Database, openDatabase } from './database.ts'
import type { Deed } from './database-fault.ts'
import { migrateDatabase, readVersion } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'

const databases = scratchDatabases()
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
  const { url, drop } = await databases.make()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await migrateDatabase(client, 'trial')
    const next = [
      ...MIGRATIONS,
      { number: 2, compatibleFrom: 1, sql: 'CREATE TABLE rampart.more (id integer)' },
    ]
    const spoiled = [...next, { number: 3, compatibleFrom: 3, sql: 'DROP TABLE rampart.no_such' }]
    await assert.rejects(migrateDatabase(client, 'trial', spoiled), /no_such/)
    assert.deepEqual(await readVersion(client), { number: 1, compatibleFrom: 1 })
    await migrateDatabase(client, 'trial', next)
    assert.deepEqual(await readVersion(client), { number: 2, compatibleFrom: 1 })
    // What an older replica does beside it: nothing, for nothing was taken away.
    await migrateDatabase(client, 'trial')
    assert.deepEqual(await readVersion(client), { number: 2, compatibleFrom: 1 })
  } finally {
    await client.end()
    await drop()
  }
})
