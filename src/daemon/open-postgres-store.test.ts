/** What shares one database, and must not wait for each other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { scratchDatabases } from '../../test/support/databases.ts'
import { openPostgresTrial } from '../../test/support/postgres-trials.ts'

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
