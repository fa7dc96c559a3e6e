/** What shares one database, and must not wait for each other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { scratchDatabases } from '../../test/support/databases.ts'
import { openPostgresTrial } from '../../test/support/postgres-trials.ts'
import { SystemClock } from '../clock/system-clock.ts'
import { migrateDatabase } from '../database/migrate.ts'
import { MIGRATIONS } from '../database/migrations.ts'
import { askReadiness, type ReadinessCheck } from '../server/health/readiness.ts'

const databases = scratchDatabases()

test('renews leases and appends while all that look up who comes in are held up', async () => {
  const trial = await openPostgresTrial(databases)
  const store = await trial.join({ connectionsMax: 2 })
  const lock = new pg.Client({ connectionString: trial.url })
  await lock.connect()
  try {
    await store.leases.begin()
    assert.equal((await store.leases.take('shop'))?.subject, 'shop')
    await store.records.put({ collection: 'tokens', key: 'one', value: { is: 'there' } })
    await lock.query('BEGIN')
    await lock.query('LOCK TABLE rampart.records IN ACCESS EXCLUSIVE MODE')
    let isAnswered = false
    const guesses = Array.from({ length: 30 }, (_, at) =>
      store.accessRecords.get('tokens', `guess-${at}`).then(() => {
        isAnswered = true
      }),
    )
    assert.equal(await store.leases.renew(), true)
    const entry = { type: 'note', atMs: 1 } as never
    assert.equal(
      (await store.ledger.append({ stream: 'access', after: 0, entries: [entry] })).length,
      1,
    )
    assert.equal(isAnswered, false)
    await lock.query('COMMIT')
    await Promise.all(guesses)
    const found = await store.accessRecords.get('tokens', 'one')
    assert.deepEqual(found?.value, { is: 'there' })
  } finally {
    await lock.end()
    await trial.discard()
  }
})

test('is ready by the schema that it finds: its own, a newer one that only adds, and no other', async () => {
  const trial = await openPostgresTrial(databases)
  const store = await trial.join()
  const client = new pg.Client({ connectionString: trial.url })
  await client.connect()
  const judged = async (): Promise<ReadinessCheck | undefined> => {
    const { ledger, records, schema } = store
    const { checks } = await askReadiness({ ledger, records, clock: new SystemClock(), schema })
    return checks.find(({ name }) => name === 'migrations')
  }
  try {
    const own = MIGRATIONS.length
    assert.deepEqual(await judged(), {
      name: 'migrations',
      passed: true,
      sentence: `The schema is at ${own}, the newest that this program knows.`,
    })
    const { compatibleFrom = own } = MIGRATIONS.at(-1) ?? {}
    const sql = 'CREATE TABLE rampart.more (id integer)'
    const adds = { number: own + 1, compatibleFrom, sql }
    await migrateDatabase(client, 'trial', [...MIGRATIONS, adds])
    const accepted = await judged()
    assert.equal(accepted?.passed, true)
    assert.match(accepted?.sentence ?? '', /by a newer program.*is enough/)
    const takes = { number: own + 2, compatibleFrom: own + 2, sql: 'DROP TABLE rampart.more' }
    await migrateDatabase(client, 'trial', [...MIGRATIONS, adds, takes])
    const fenced = await judged()
    assert.equal(fenced?.passed, false)
    assert.match(fenced?.sentence ?? '', new RegExp(`at least ${own + 2} is needed`))
    // As after a restored backup of an older program.
    await client.query('UPDATE rampart.schema SET number = 1, compatible_from = 1')
    assert.match(
      (await judged())?.sentence ?? '',
      new RegExp(`at 1, but this program needs ${own}`),
    )
    await client.query('DROP TABLE rampart.schema')
    assert.match((await judged())?.sentence ?? '', /has no schema of Rampart/)
  } finally {
    await client.end()
    await trial.discard()
  }
})
