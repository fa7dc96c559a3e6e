/** What is the PostgreSQL ledger's own: its key, its schema, its leases, its replicas, its network. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { scratchDatabases } from '../../../test/support/databases.ts'
import { openPostgresTrial, type PostgresTrial } from '../../../test/support/postgres-trials.ts'
import { startTcpRelay, type TcpRelay } from '../../../test/support/tcp-relay.ts'
import type { Entry } from '../../core/entry/entry.ts'
import { isFault } from '../../core/fault/fault.ts'
import type { Ledger } from '../../seams/ledger.ts'

const databases = scratchDatabases(['-c', 'max_connections=100'])

let trial: PostgresTrial

beforeEach(async () => {
  trial = await openPostgresTrial(databases)
})

afterEach(() => trial.discard())

function entryOf(atMs: number): Entry {
  return { type: 'stage.started', stage: 'api', atMs }
}

async function assertFault(promise: Promise<unknown>, code: string, hint = /./): Promise<void> {
  await assert.rejects(promise, (thrown) => {
    assert(isFault(thrown), String(thrown))
    assert.equal(thrown.code, code, thrown.message)
    assert.match(thrown.hint, hint)
    return true
  })
}

async function assertIntact(ledger: Ledger, entries: number): Promise<void> {
  const verification = await ledger.verify()
  assert(verification.verdict === 'intact', JSON.stringify(verification))
  assert.equal(verification.entries, entries)
}

/** Settles once a listener was told what is expected. */
function told(ledger: Ledger, expected: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TypeError('It was never told.')), 20_000)
    const stop = ledger.onAppended((stream) => {
      if (stream !== expected) return
      clearTimeout(timer)
      stop()
      resolve()
    })
  })
}

describe('the key of a ledger in PostgreSQL', () => {
  it('opens by the master key it was made with, and by no other', async () => {
    await trial.join()
    await assertFault(trial.join({ key: Buffer.alloc(32, 8) }), 'ledger-unavailable', /key-file/)
    await trial.join()
  })

  it('is in the database only sealed', async () => {
    await trial.join()
    const rows = await trial.sql("SELECT encode(sealed, 'escape') FROM rampart.keys")
    assert.doesNotMatch(JSON.stringify(rows), /PRIVATE/)
  })

  it('is missed when it is gone, and not made anew', async () => {
    await trial.join()
    await trial.sql('DELETE FROM rampart.keys')
    await assertFault(trial.join(), 'ledger-unavailable', /key is gone/)
  })
})

describe('the schema', () => {
  it('is made once by replicas that start at once', async () => {
    const stores = await Promise.all([1, 2, 3, 4].map(() => trial.join()))
    await Promise.all(
      stores.map(({ ledger }, index) =>
        ledger.append({ stream: `${index}`, after: 0, entries: [entryOf(index)] }),
      ),
    )
    await assertIntact((await trial.join()).ledger, 4)
  })

  it('of a newer version is refused when it says so, and used when it only adds', async () => {
    const { ledger } = await trial.join()
    await trial.sql('UPDATE rampart.schema SET number = 99, compatible_from = 1')
    await (await trial.join()).ledger.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
    await trial.sql('UPDATE rampart.schema SET compatible_from = 99')
    await assertFault(trial.join(), 'ledger-newer', /needs a program that knows 99/)
    await assertFault(ledger.checkHealth(), 'ledger-newer')
    await trial.sql('ALTER TABLE rampart.head RENAME COLUMN seal TO stamp')
    const late = ledger.append({ stream: 'b', after: 0, entries: [entryOf(1)] })
    await assertFault(late, 'ledger-newer')
    await trial.sql('ALTER TABLE rampart.head RENAME COLUMN stamp TO seal')
    await trial.sql('UPDATE rampart.schema SET number = 2, compatible_from = 2')
  })
})

describe('a ledger in PostgreSQL', () => {
  it('refuses to append after a tail that is missing', async () => {
    const { ledger, close } = await trial.join()
    await ledger.append({ stream: 'a', after: 0, entries: [entryOf(1), entryOf(2)] })
    await close()
    await trial.sql('DELETE FROM rampart.entries WHERE position = 2')
    await assertFault(trial.join(), 'ledger-corrupt')
    await trial.sql(
      'UPDATE rampart.head SET position = 1, hash = (SELECT hash FROM rampart.entries)',
    )
    await assertFault(trial.join(), 'ledger-corrupt', /seal/)
  })

  it('ignores a snapshot that was altered', async () => {
    const { ledger } = await trial.join()
    const snapshot = { stream: 'a', sequence: 1, foldVersion: 1, state: '{"ready":false}' }
    await ledger.saveSnapshot(snapshot)
    assert.deepEqual(await ledger.loadSnapshot('a'), snapshot)
    await trial.sql(`UPDATE rampart.snapshots SET state = '{"ready":true}'`)
    assert.equal(await ledger.loadSnapshot('a'), undefined)
  })

  it('appends nothing of the group when the store refuses, and goes on when it does not', async () => {
    const { ledger } = await trial.join()
    await ledger.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
    await trial.sql(`ALTER TABLE rampart.entries ADD CONSTRAINT full_disk CHECK (stream <> 'b')`)
    const group = [
      ledger.append({ stream: 'a', after: 1, entries: [entryOf(2)] }),
      ledger.append({ stream: 'b', after: 0, entries: [entryOf(3)] }),
    ]
    for (const append of group) await assertFault(append, 'ledger-unavailable', /full_disk/)
    await trial.sql('ALTER TABLE rampart.entries DROP CONSTRAINT full_disk')
    const [recorded] = await ledger.append({ stream: 'a', after: 1, entries: [entryOf(4)] })
    assert.equal(recorded?.position, 2)
    await assertIntact(ledger, 2)
  })

  it('says that it cannot be written when the database is read-only', async () => {
    const { ledger } = await trial.join()
    const [[name] = []] = (await trial.sql('SELECT current_database()')) as string[][]
    await trial.sql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
    await trial.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`)
    await assertFault(
      untilAnswered(() => ledger.checkHealth()),
      'ledger-unavailable',
      /read-only/,
    )
    await trial.sql(
      `BEGIN READ WRITE; ALTER DATABASE ${name} RESET default_transaction_read_only; COMMIT`,
    )
    await trial.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`)
    await untilAnswered(() => ledger.checkHealth())
  })
})

/** What is answered once connections that were ended have been replaced. */
async function untilAnswered<Value>(ask: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await ask()
    } catch (thrown) {
      if (!isFault(thrown) || !/terminat|reached/.test(thrown.hint)) throw thrown
    }
  }
}

describe('replicas on one chain', () => {
  it('append in turns and at once, conflict, and never write over each other', async () => {
    const replicas = await Promise.all([1, 2, 3].map(() => trial.join()))
    const [one, other] = replicas.map(({ ledger }) => ledger)
    assert(one !== undefined && other !== undefined)
    await one.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
    const late = other.append({ stream: 'a', after: 0, entries: [entryOf(2)] })
    await assertFault(late, 'ledger-conflict')
    await other.append({ stream: 'a', after: 1, entries: [entryOf(3)] })
    const writing = replicas.map(async ({ ledger }, replica) => {
      for (let after = 0; after < 60; after += 2) {
        const entries = [entryOf(after), entryOf(after + 1)]
        await ledger.append({ stream: `own-${replica}`, after, entries })
      }
    })
    await Promise.all(writing)
    await assertIntact(one, 182)
  })

  it('hear of each other what grew, also after the connection that listens was lost', async () => {
    const [one, other] = [await trial.join(), await trial.join()]
    const noticed = told(other.ledger, 'a')
    await told(other.ledger, undefined)
    await one.ledger.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
    await noticed
    const again = told(other.ledger, undefined)
    await trial.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'`)
    await again
    const more = told(other.ledger, 'b')
    await one.ledger.append({ stream: 'b', after: 0, entries: [entryOf(1)] })
    await more
  })

  it('find by looking what no notice told', async () => {
    const { ledger } = await trial.join({ pollMs: 50 })
    await ledger.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
    const found = told(ledger, 'b')
    // The first look only remembers where the chain ends, so it grows until it is seen to grow.
    let isFound = false
    const finding = found.then(() => {
      isFound = true
    })
    for (let position = 2; !isFound; position += 1) {
      const values = [position, position - 1]
      await trial.sql("INSERT INTO rampart.entries VALUES ($1, 'b', $2, '{}', '')", values)
      await trial.sql('UPDATE rampart.head SET position = $1', [position])
    }
    await finding
    await trial.sql('DELETE FROM rampart.entries WHERE position > 1')
    await trial.sql('UPDATE rampart.head SET position = 1')
  })
})

describe('a lease', () => {
  const SUBJECT = 'Environment/shop'

  it('lets its owner append until another replica has taken it', async () => {
    const [ann, bob] = [await trial.join(), await trial.join()]
    await ann.leases.begin()
    const lease = await ann.leases.take(SUBJECT)
    assert(lease !== undefined)
    for (let after = 0; after < 3; after += 1) {
      await ann.ledger.append({ stream: 'a', after, entries: [entryOf(after)], lease })
    }
    await trial.sql("UPDATE rampart.lives SET expires_at = now() - interval '1 s'")
    // Expired, but nobody else has taken it: then nobody else writes either.
    await ann.ledger.append({ stream: 'a', after: 3, entries: [entryOf(3)], lease })
    await bob.leases.begin()
    const later = await bob.leases.take(SUBJECT)
    assert(later !== undefined)
    const [fenced, bystander] = [
      ann.ledger.append({ stream: 'a', after: 4, entries: [entryOf(4)], lease }),
      ann.ledger.append({ stream: 'b', after: 0, entries: [entryOf(4)] }),
    ]
    await assertFault(fenced, 'ledger-fenced', /lease 1 of Environment\/shop/)
    await bystander
    await bob.ledger.append({ stream: 'a', after: 4, entries: [entryOf(5)], lease: later })
    await assertIntact(bob.ledger, 6)
  })

  it('of a subject that nobody ever took lets nobody append', async () => {
    const { ledger } = await trial.join()
    const lease = { subject: SUBJECT, token: 1 }
    const append = ledger.append({ stream: 'a', after: 0, entries: [entryOf(1)], lease })
    await assertFault(append, 'ledger-fenced')
  })

  it('is taken only between appends: none of the old owner comes after it was taken', async () => {
    const [ann, bob] = [await trial.join(), await trial.join()]
    await ann.leases.begin()
    const lease = await ann.leases.take(SUBJECT)
    assert(lease !== undefined)
    let after = 0
    const writing = (async () => {
      for (;;) {
        await ann.ledger.append({ stream: 'a', after, entries: [entryOf(after)], lease })
        after += 1
      }
    })()
    const stopped = assertFault(writing, 'ledger-fenced')
    while (after < 20) await new Promise((resolve) => setImmediate(resolve))
    await trial.sql("UPDATE rampart.lives SET expires_at = now() - interval '1 s'")
    await bob.leases.begin()
    assert((await bob.leases.take(SUBJECT)) !== undefined)
    const [summary] = await bob.ledger.streams()
    await stopped
    assert.equal(summary?.sequence, after)
    await assertIntact(bob.ledger, after)
  })
})

describe('the network between a replica and PostgreSQL', () => {
  let relay: TcpRelay

  beforeEach(async () => {
    relay = await startTcpRelay((await databases.server()).port)
  })

  afterEach(() => relay.stop())

  function joinThroughRelay() {
    const url = trial.url.replace(/:\d+\//, `:${relay.port}/`)
    return trial.join({ url })
  }

  it('may break at any moment: what was answered is there, what was refused is not', async () => {
    const { ledger } = await joinThroughRelay()
    const kept = new Set<number>()
    let after = 0
    for (let attempt = 0; attempt < 40; attempt += 1) {
      // Cuts before a group is sent, or when it was sent and before its answer has come.
      let pieces = attempt % 4
      relay.watch(() => {
        pieces -= 1
        if (pieces !== 0) return
        if (attempt % 3 === 0) relay.cut()
        else setImmediate(() => relay.cut())
      })
      const appending = ledger.append({ stream: 'a', after, entries: [entryOf(attempt)] })
      const restored = new Promise<void>((resolve) => {
        setTimeout(() => {
          relay.watch(undefined)
          relay.restore()
          resolve()
        }, 30)
      })
      try {
        await appending
        kept.add(attempt)
        after += 1
      } catch (thrown) {
        assert(isFault(thrown, 'ledger-unavailable'), String(thrown))
      }
      await restored
    }
    const { ledger: outside } = await trial.join()
    const there: number[] = []
    for await (const { entry } of outside.read('a')) there.push(entry.atMs)
    assert.deepEqual(there, [...kept])
    assert(kept.size > 5 && kept.size < 40, `${kept.size} of 40`)
    await assertIntact(outside, kept.size)
  })

  it('is noticed to be back by whoever listens, and letters and appends go on', async () => {
    const store = await joinThroughRelay()
    await told(store.ledger, undefined)
    relay.cut()
    const append = { stream: 'a', after: 0, entries: [entryOf(1)] }
    await assertFault(store.ledger.append(append), 'ledger-unavailable')
    const back = told(store.ledger, undefined)
    relay.restore()
    await back
    await store.ledger.append(append)
  })
})
