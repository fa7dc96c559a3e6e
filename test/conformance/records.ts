/** What all records promise, as one suite that every adapter runs unchanged. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFault } from '../../src/core/fault/fault.ts'
import type { Clock } from '../../src/seams/clock.ts'
import type { RecordPut, Records } from '../../src/seams/records.ts'

/** Records under test, in a place of their own. */
export interface RecordsTrial {
  readonly records: Records
  /** Opens the same place again; absent when nothing is kept. */
  readonly reopen?: () => Promise<Records>
  /** Closes whatever is open and removes the place. */
  readonly discard: () => Promise<void>
}

/** A suite's subject. */
export interface RecordsSubject {
  readonly open: (clock: Clock) => Promise<RecordsTrial>
  /** Why nothing survives a close, where nothing does. */
  readonly whyNotDurable?: string
}

/** A clock that is set by hand. */
class StoppedClock implements Clock {
  atMs = 1_760_000_000_000

  nowMs(): number {
    return this.atMs
  }

  wakeAt(): { cancel(): void } {
    return { cancel() {} }
  }
}

type Test = (records: Records, clock: StoppedClock, trial: RecordsTrial) => Promise<void>

/** Whether a promise is refused with a fault of this code. */
async function assertFault(promise: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(promise, (thrown) => isFault(thrown) && thrown.code === code)
}

/** Runs the suite against one adapter. */
export function describeRecords(name: string, subject: RecordsSubject): void {
  const within = (test: Test) => async () => {
    const clock = new StoppedClock()
    const trial = await subject.open(clock)
    try {
      await test(trial.records, clock, trial)
    } finally {
      await trial.discard()
    }
  }
  describe(name, () => {
    describeKeeping(within)
    describeVersions(within)
    describeExpiry(within)
    describeLists(within)
    describeEnd(within, subject.whyNotDurable)
  })
}

type Within = (test: Test) => () => Promise<void>

const ann: RecordPut = { collection: 'tokens', key: 'ann', value: { roles: ['admin'] } }

function describeKeeping(within: Within): void {
  it(
    'gives back what was put, as it was then, and tells collections apart',
    within(async (records, clock) => {
      const roles = ['admin']
      const value = { z: 1, text: 'Grüße\u0000\u2028\u{1F600}', roles, none: null }
      const stored = await records.put({ collection: 'tokens', key: 'a/Ä:1', value })
      roles.push('changed')
      const expected = { ...value, roles: ['admin'] }
      assert.deepEqual(stored.value, expected)
      assert.deepEqual(await records.get('tokens', 'a/Ä:1'), {
        collection: 'tokens',
        key: 'a/Ä:1',
        value: expected,
        version: 1,
        updatedAtMs: clock.atMs,
      })
      assert.equal(await records.get('sessions', 'a/Ä:1'), undefined)
      assert.equal(await records.get('tokens', 'a/ä:1'), undefined)
    }),
  )

  it(
    'replaces and removes',
    within(async (records, clock) => {
      await records.put({ ...ann, expiresAtMs: clock.atMs + 10 })
      clock.atMs += 5
      const replaced = await records.put({ ...ann, value: { roles: [] } })
      assert.deepEqual(await records.get('tokens', 'ann'), replaced)
      assert.deepEqual([replaced.updatedAtMs, replaced.expiresAtMs], [clock.atMs, undefined])
      assert.equal(await records.remove('tokens', 'ann'), true)
      assert.equal(await records.remove('tokens', 'ann'), false)
      assert.equal(await records.get('tokens', 'ann'), undefined)
    }),
  )

  it(
    'refuses a value that JSON cannot carry exactly',
    within(async (records) => {
      await assertFault(records.put({ ...ann, value: { count: Number.NaN } }), 'json-not-canonical')
      assert.equal(await records.get('tokens', 'ann'), undefined)
    }),
  )
}

function describeVersions(within: Within): void {
  it(
    'counts versions, and refuses a change that is based on another one',
    within(async (records) => {
      assert.equal((await records.put({ ...ann, ifVersion: 0 })).version, 1)
      assert.equal((await records.put(ann)).version, 2)
      await assertFault(records.put({ ...ann, ifVersion: 0 }), 'record-conflict')
      await assertFault(records.put({ ...ann, ifVersion: 1 }), 'record-conflict')
      await assertFault(records.remove('tokens', 'ann', 1), 'record-conflict')
      await assertFault(records.remove('tokens', 'bob', 1), 'record-conflict')
      await assertFault(records.put({ ...ann, key: 'bob', ifVersion: 1 }), 'record-conflict')
      assert.equal((await records.put({ ...ann, ifVersion: 2 })).version, 3)
      assert.equal(await records.remove('tokens', 'ann', 3), true)
    }),
  )

  it(
    'never gives a version a second time, also after a removal and after an expiry',
    within(async (records, clock) => {
      const versions: number[] = []
      for (let round = 0; round < 3; round += 1) {
        versions.push((await records.put({ ...ann, ifVersion: 0 })).version)
        const expiresAtMs = clock.atMs + 10
        versions.push((await records.put({ ...ann, expiresAtMs })).version)
        if (round === 1) clock.atMs += 1_000_000
        else assert.equal(await records.remove('tokens', 'ann'), true)
      }
      // Whatever else happens in between sweeps the expired out.
      await records.put({ ...ann, key: 'bob' })
      versions.push((await records.put(ann)).version)
      const growing = [...new Set(versions)].sort((one, other) => one - other)
      assert.deepEqual(versions, growing)
    }),
  )

  it(
    'lets exactly one of many win who make the same new document',
    within(async (records) => {
      const rivals = Array.from({ length: 8 }, (_, index) =>
        records.put({ ...ann, value: { index }, ifVersion: 0 }),
      )
      const outcomes = await Promise.allSettled(rivals)
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') assert(isFault(outcome.reason, 'record-conflict'))
      }
    }),
  )
}

function describeExpiry(within: Within): void {
  it(
    'has nothing any more that has expired',
    within(async (records, clock) => {
      const expiresAtMs = clock.atMs + 100
      await records.put({ ...ann, expiresAtMs })
      clock.atMs += 99
      assert.equal((await records.get('tokens', 'ann'))?.expiresAtMs, expiresAtMs)
      clock.atMs += 1
      assert.equal(await records.get('tokens', 'ann'), undefined)
      assert.deepEqual(await records.list('tokens'), [])
      await assertFault(records.put({ ...ann, ifVersion: 1 }), 'record-conflict')
      assert.equal(await records.remove('tokens', 'ann'), false)
      await records.put({ ...ann, ifVersion: 0 })
      assert.notEqual(await records.get('tokens', 'ann'), undefined)
    }),
  )
}

function describeLists(within: Within): void {
  it(
    'lists a collection in the order of its keys, by prefix and page by page',
    within(async (records) => {
      const keys = ['b', 'a%_', 'a%b', 'aB', 'ab', 'a', '\u{FFFD}', '\u{1F600}', 'ä']
      for (const key of keys) await records.put({ collection: 'tokens', key, value: {} })
      await records.put({ collection: 'sessions', key: 'a', value: {} })
      const list = async (query: Parameters<Records['list']>[1]) =>
        (await records.list('tokens', query)).map(({ key }) => key)
      const all = ['a', 'a%_', 'a%b', 'aB', 'ab', 'b', 'ä', '\u{FFFD}', '\u{1F600}']
      assert.deepEqual(await list({}), all)
      assert.deepEqual(await list({ prefix: 'a%' }), ['a%_', 'a%b'])
      assert.deepEqual(await list({ prefix: 'a', after: 'a%b', limit: 1 }), ['aB'])
      assert.deepEqual(await list({ after: 'b' }), ['ä', '\u{FFFD}', '\u{1F600}'])
      assert.deepEqual(await list({ limit: 2 }), ['a', 'a%_'])
      assert.deepEqual(await list({ prefix: 'zz' }), [])
    }),
  )
}

function describeEnd(within: Within, whyNotDurable: string | undefined): void {
  it(
    'refuses everything after it was closed',
    within(async (records) => {
      await records.put(ann)
      await records.close()
      await records.close()
      for (const call of [
        () => records.get('tokens', 'ann'),
        () => records.put(ann),
        () => records.remove('tokens', 'ann'),
        () => records.list('tokens'),
      ]) {
        await assertFault(call(), 'store-unavailable')
      }
    }),
  )

  it(
    'has everything again when it is opened again',
    { skip: whyNotDurable ?? false },
    within(async (records, _, { reopen }) => {
      assert(reopen !== undefined, 'Durable records can be reopened.')
      const stored = await records.put(ann)
      await records.put({ ...ann, key: 'gone' })
      await records.remove('tokens', 'gone')
      await records.close()
      const again = await reopen()
      assert.deepEqual(await again.list('tokens'), [stored])
      assert.equal((await again.put({ ...ann, key: 'gone' })).version, 2)
    }),
  )
}
