/** What only PostgreSQL's mailbox can get wrong; test/conformance tries the rest of it. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import pg from 'pg'
import { scratchDatabases } from '../../../test/support/databases.ts'
import { openPostgresTrial } from '../../../test/support/postgres-trials.ts'

const databases = scratchDatabases()

it('a letter that nobody answered for minutes is no order any more', async () => {
  const trial = await openPostgresTrial(databases)
  const client = new pg.Client(trial.url)
  try {
    const { mailbox } = await trial.join()
    await client.connect()
    await client.query(`INSERT INTO rampart.letters (id, subject, body, sent_at)
      VALUES ('old', 'Environment/shop', '{}', clock_timestamp() - interval '3 minutes')`)
    const handled: string[] = []
    mailbox.serve(
      () => true,
      async ({ id }) => {
        handled.push(id)
        return {}
      },
    )
    const letter = { id: 'new', subject: 'Environment/shop', body: {} }
    assert.deepEqual(await mailbox.send(letter, AbortSignal.timeout(20_000)), {})
    assert.deepEqual(handled, ['new'])
  } finally {
    await client.end()
    await trial.discard()
  }
})
