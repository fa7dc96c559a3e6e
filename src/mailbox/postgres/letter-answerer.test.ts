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

it('a letter that failed is tried again after a pause, and the others do not wait for it', async () => {
  const trial = await openPostgresTrial(databases)
  try {
    const troubles: unknown[] = []
    const { mailbox } = await trial.join({ onTrouble: (thrown) => void troubles.push(thrown) })
    const handled: { readonly id: string; readonly atMs: number }[] = []
    mailbox.serve(
      () => true,
      async ({ id }) => {
        handled.push({ id, atMs: performance.now() })
        const times = handled.filter((one) => one.id === id).length
        if (id === 'bad' && times < 3) throw new RangeError(`not yet: ${times}`)
        return { times }
      },
    )
    const send = (id: string): Promise<unknown> =>
      mailbox.send({ id, subject: 'Environment/shop', body: {} }, AbortSignal.timeout(20_000))
    const bad = send('bad')
    assert.deepEqual(await send('good'), { times: 1 })
    assert.deepEqual(await bad, { times: 3 })
    const tried = handled.filter(({ id }) => id === 'bad').map(({ atMs }) => atMs)
    assert.equal(tried.length, 3)
    for (const [place, atMs] of tried.slice(1).entries()) {
      assert.ok(atMs - (tried[place] ?? 0) >= 400, `${tried}`)
    }
    assert.deepEqual(troubles.map(String), ['RangeError: not yet: 1', 'RangeError: not yet: 2'])
    const goodAt = handled.findIndex(({ id }) => id === 'good')
    assert.ok(goodAt < handled.length - 1, 'The good one was handled before the bad one succeeded.')
  } finally {
    await trial.discard()
  }
})

it('a letter that failed at a replica which lost its subject is answered by the next owner', async () => {
  const trial = await openPostgresTrial(databases)
  try {
    const [ann, bob] = [await trial.join({ replica: 'ann' }), await trial.join({ replica: 'bob' })]
    let owner = 'ann'
    ann.mailbox.serve(
      () => owner === 'ann',
      async () => {
        owner = 'bob'
        throw new RangeError('lost')
      },
    )
    bob.mailbox.serve(
      () => owner === 'bob',
      async () => ({ by: 'bob' }),
    )
    const letter = { id: 'one', subject: 'Environment/shop', body: {} }
    const answer = await ann.mailbox.send(letter, AbortSignal.timeout(20_000))
    assert.deepEqual(answer, { by: 'bob' })
  } finally {
    await trial.discard()
  }
})

it('a letter that failed is not tried again once its sender has given up', async () => {
  const trial = await openPostgresTrial(databases)
  try {
    const { mailbox } = await trial.join()
    const handled: string[] = []
    const [begun, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    mailbox.serve(
      () => true,
      async ({ id }) => {
        handled.push(id)
        if (id !== 'late') return {}
        begun.resolve()
        await free.promise
        throw new RangeError('failed')
      },
    )
    const giveUp = new AbortController()
    const send = (id: string, signal: AbortSignal): Promise<unknown> =>
      mailbox.send({ id, subject: 'Environment/shop', body: {} }, signal)
    const late = send('late', giveUp.signal)
    await begun.promise
    giveUp.abort()
    assert.equal(await late, undefined)
    free.resolve()
    // No notice tells that it is back and that nobody took it up at once.
    const byMs = performance.now() + 10_000
    for (let isBack = false; !isBack; ) {
      assert.ok(performance.now() < byMs, 'It is put back within seconds.')
      const rows = await trial.sql(
        "SELECT 1 FROM rampart.letters WHERE id = 'late' AND taken_by IS NULL",
      )
      isBack = rows.length > 0
    }
    assert.deepEqual(await send('next', AbortSignal.timeout(20_000)), {})
    assert.deepEqual(handled, ['late', 'next'])
  } finally {
    await trial.discard()
  }
})
