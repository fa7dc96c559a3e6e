/**
 * What every ledger promises, as one suite that all adapters run unchanged. An adapter that cannot keep
 * a promise says why, and the test is reported as skipped with that reason.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Entry } from '../../src/core/entry/entry.ts'
import { isFault } from '../../src/core/fault/fault.ts'
import type { Ledger, Recorded } from '../../src/seams/ledger.ts'

/** A ledger under test, in a place of its own. */
export interface LedgerTrial {
  readonly ledger: Ledger
  /** Opens the same place again, after `ledger` was closed; absent when nothing is kept. */
  readonly reopen?: () => Promise<Ledger>
  /** Closes whatever is open and removes the place. */
  readonly discard: () => Promise<void>
}

/** Makes an empty ledger. */
export type OpenTrial = () => Promise<LedgerTrial>

/** A suite's subject. */
export interface LedgerSubject {
  readonly open: OpenTrial
  /** Why nothing survives a close, where nothing does. */
  readonly whyNotDurable?: string
}

/** An entry that can be told from others. */
export function entryOf(atMs: number, stage = 'api'): Entry {
  return { type: 'stage.started', stage, atMs }
}

/** Everything an iteration yields. */
export async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const collected: Value[] = []
  for await (const value of values) collected.push(value)
  return collected
}

/** The places of entries, for comparing. */
export function placesOf(recorded: readonly Recorded[]): string[] {
  return recorded.map(({ position, stream, sequence }) => `${position} ${stream} ${sequence}`)
}

/** Runs the suite against one adapter. */
export function describeLedger(name: string, subject: LedgerSubject): void {
  const withLedger = (test: (ledger: Ledger, trial: LedgerTrial) => Promise<void>) => async () => {
    const trial = await subject.open()
    try {
      await test(trial.ledger, trial)
    } finally {
      await trial.discard()
    }
  }
  describe(name, () => {
    describeAppending(withLedger)
    describeReading(withLedger)
    describeSummaries(withLedger)
    describeProof(withLedger)
    describeNews(withLedger)
    describeHealth(withLedger)
    describeEnd(withLedger, subject.whyNotDurable)
  })
}

type WithLedger = (
  test: (ledger: Ledger, trial: LedgerTrial) => Promise<void>,
) => () => Promise<void>

/** Whether a promise is refused with a fault of this code. */
export async function assertFault(promise: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(promise, (thrown) => isFault(thrown) && thrown.code === code)
}

function describeAppending(withLedger: WithLedger): void {
  it(
    'numbers entries without gaps, in the ledger and in their stream',
    withLedger(async (ledger) => {
      await ledger.append({ stream: 'a', after: 0, entries: [entryOf(1), entryOf(2)] })
      await ledger.append({ stream: 'b', after: 0, entries: [entryOf(3)] })
      const last = await ledger.append({ stream: 'a', after: 2, entries: [entryOf(4)] })
      assert.deepEqual(placesOf(last), ['4 a 3'])
      const all = await collect(ledger.readAll())
      assert.deepEqual(placesOf(all), ['1 a 1', '2 a 2', '3 b 1', '4 a 3'])
    }),
  )

  it(
    'gives back what was appended, as it reads',
    withLedger(async (ledger) => {
      const entry = entryOf(1, 'Grüße "\\\u2028 \u{1F600}')
      const recorded = await ledger.append({ stream: 'a', after: 0, entries: [entry] })
      assert.deepEqual(
        await collect(ledger.read('a')),
        recorded.map((one) => ({ ...one })),
      )
      assert.deepEqual(recorded[0]?.entry, entry)
    }),
  )

  it(
    'refuses a writer that has not seen the last entry, and appends nothing',
    withLedger(async (ledger) => {
      await ledger.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
      for (const after of [0, 2]) {
        const append = ledger.append({ stream: 'a', after, entries: [entryOf(2), entryOf(3)] })
        await assertFault(append, 'ledger-conflict')
      }
      await assertFault(ledger.append({ stream: 'b', after: 1, entries: [] }), 'ledger-conflict')
      assert.equal((await collect(ledger.readAll())).length, 1)
    }),
  )

  it(
    'lets exactly one of many writers to one place win, and spoils nobody else in the group',
    withLedger(async (ledger) => {
      const rivals = Array.from({ length: 8 }, (_, index) =>
        ledger.append({ stream: 'a', after: 0, entries: [entryOf(index)] }),
      )
      const bystander = ledger.append({ stream: 'b', after: 0, entries: [entryOf(9)] })
      const outcomes = await Promise.allSettled(rivals)
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') assert(isFault(outcome.reason, 'ledger-conflict'))
      }
      assert.equal((await bystander).length, 1)
      assert.equal((await collect(ledger.read('a'))).length, 1)
    }),
  )

  it(
    'appends to one stream in the order of the calls, and answers in it',
    withLedger(async (ledger) => {
      const answered: number[] = []
      const appends = Array.from({ length: 20 }, async (_, after) => {
        await ledger.append({ stream: 'a', after, entries: [entryOf(after)] })
        answered.push(after)
      })
      await Promise.all(appends)
      assert.deepEqual(
        answered,
        [...answered].sort((one, other) => one - other),
      )
      const times = (await collect(ledger.read('a'))).map(({ entry }) => entry.atMs)
      assert.deepEqual(times, answered)
    }),
  )

  it(
    'refuses an entry that JSON cannot carry exactly, and all that came with it',
    withLedger(async (ledger) => {
      const bad = entryOf(Number.NaN)
      const spoiled = ledger.append({ stream: 'a', after: 0, entries: [entryOf(1), bad] })
      const sound = ledger.append({ stream: 'b', after: 0, entries: [entryOf(2)] })
      await assertFault(spoiled, 'json-not-canonical')
      await sound
      assert.deepEqual(placesOf(await collect(ledger.readAll())), ['1 b 1'])
    }),
  )

  it(
    'takes an append of nothing as a question whether the writer is up to date',
    withLedger(async (ledger) => {
      assert.deepEqual(await ledger.append({ stream: 'a', after: 0, entries: [] }), [])
      assert.deepEqual(await ledger.streams(), [])
    }),
  )

  it(
    'keeps what was said when the caller changes its object afterwards',
    withLedger(async (ledger) => {
      const entry = { type: 'stage.started' as const, stage: 'api', atMs: 1 }
      const appended = ledger.append({ stream: 'a', after: 0, entries: [entry] })
      entry.stage = 'changed'
      await appended
      const [read] = await collect(ledger.read('a'))
      assert.deepEqual(read?.entry, entryOf(1))
    }),
  )
}

function describeHealth(withLedger: WithLedger): void {
  it(
    'says that it could be written, and when it last was, writing nothing',
    withLedger(async (ledger) => {
      assert.equal((await ledger.checkHealth()).latestMs, undefined)
      const entry = entryOf(3)
      await ledger.append({ stream: 'a', after: 0, entries: [entryOf(0), entry] })
      assert.equal((await ledger.checkHealth()).latestMs, entry.atMs)
      assert.equal((await collect(ledger.readAll())).length, 2)
    }),
  )
  it(
    'says where it ends, and which checkpoint covers an entry, if it signs any',
    withLedger(async (ledger) => {
      assert.equal(await ledger.end(), 0)
      await ledger.append({ stream: 'a', after: 0, entries: [entryOf(0), entryOf(1)] })
      assert.equal(await ledger.end(), 2)
      assert.equal(await ledger.checkpointAt(1), undefined)
      await ledger.checkpoint()
      const covering = await ledger.checkpointAt(1)
      if (covering !== undefined) assert.equal(covering.position, 2)
      assert.deepEqual(await ledger.checkpointAt(2), covering)
      assert.equal(await ledger.checkpointAt(3), undefined)
    }),
  )
}

function describeNews(withLedger: WithLedger): void {
  it(
    'tells whoever listens which stream may have grown, until they listen no more',
    withLedger(async (ledger) => {
      const told: (string | undefined)[] = []
      const { promise, resolve } = Promise.withResolvers<void>()
      const stop = ledger.onAppended((stream) => {
        told.push(stream)
        if (stream === 'b') resolve()
      })
      await ledger.append({ stream: 'a', after: 0, entries: [entryOf(0)] })
      await ledger.append({ stream: 'b', after: 0, entries: [entryOf(0)] })
      await promise
      assert.ok(told.includes('a') || told.includes(undefined))
      stop()
      stop()
      const before = told.length
      await ledger.append({ stream: 'c', after: 0, entries: [entryOf(0)] })
      assert.ok(!told.slice(before).includes('c'))
    }),
  )
}

function describeReading(withLedger: WithLedger): void {
  it(
    'reads a stream and the whole ledger from any place on, across pages',
    withLedger(async (ledger) => {
      const count = 600
      const entries = Array.from({ length: count }, (_, index) => entryOf(index))
      await ledger.append({ stream: 'a', after: 0, entries })
      await ledger.append({ stream: 'b', after: 0, entries })
      for (const after of [0, 1, 255, 256, 257, 599, 600, 601, 5000]) {
        const read = await collect(ledger.read('b', after))
        assert.equal(read.length, Math.max(0, count - after))
        assert.equal(read[0]?.sequence, after < count ? after + 1 : undefined)
        const all = await collect(ledger.readAll(after))
        assert.equal(all.length, Math.max(0, 2 * count - after))
        assert.equal(all[0]?.position, after < 2 * count ? after + 1 : undefined)
      }
    }),
  )

  it(
    'reads nothing from a stream that is not there, and nothing from an empty ledger',
    withLedger(async (ledger) => {
      assert.deepEqual(await collect(ledger.read('nobody')), [])
      assert.deepEqual(await collect(ledger.readAll()), [])
    }),
  )

  it(
    'reads what was there when reading began, so that a reader who appends comes to an end',
    withLedger(async (ledger) => {
      const entries = Array.from({ length: 300 }, (_, index) => entryOf(index))
      await ledger.append({ stream: 'a', after: 0, entries })
      let after = 300
      for await (const _ of ledger.readAll()) {
        await ledger.append({ stream: 'a', after, entries: [entryOf(after)] })
        after += 1
      }
      assert.equal(after, 600)
      assert.equal((await collect(ledger.read('a'))).length, 600)
    }),
  )

  it(
    'can be read by several at once, and by one who stops early',
    withLedger(async (ledger) => {
      const entries = Array.from({ length: 300 }, (_, index) => entryOf(index))
      await ledger.append({ stream: 'a', after: 0, entries })
      for await (const { position } of ledger.readAll()) if (position === 3) break
      const [one, other] = await Promise.all([
        collect(ledger.readAll()),
        collect(ledger.read('a', 10)),
      ])
      assert.deepEqual([one.length, other.length], [300, 290])
    }),
  )
}

function describeSummaries(withLedger: WithLedger): void {
  it(
    'lists every stream, oldest first, with its ends',
    withLedger(async (ledger) => {
      await ledger.append({ stream: 'z', after: 0, entries: [entryOf(10)] })
      await ledger.append({ stream: 'a', after: 0, entries: [entryOf(20)] })
      const ended: Entry = { type: 'ramp.ended', outcome: 'reached', atMs: 30 }
      await ledger.append({ stream: 'z', after: 1, entries: [entryOf(25), ended] })
      assert.deepEqual(await ledger.streams(), [
        { stream: 'z', sequence: 3, openedAtMs: 10, lastAtMs: 30, lastType: 'ramp.ended' },
        { stream: 'a', sequence: 1, openedAtMs: 20, lastAtMs: 20, lastType: 'stage.started' },
      ])
    }),
  )

  it(
    'keeps the latest snapshot of a stream',
    withLedger(async (ledger) => {
      const snapshot = { stream: 'a', sequence: 5, foldVersion: 1, state: '{"five":"Grüße"}' }
      assert.equal(await ledger.loadSnapshot('a'), undefined)
      await ledger.saveSnapshot(snapshot)
      await ledger.saveSnapshot({ ...snapshot, stream: 'b', sequence: 1 })
      assert.deepEqual(await ledger.loadSnapshot('a'), snapshot)
      await ledger.saveSnapshot({ ...snapshot, sequence: 4 })
      assert.deepEqual(await ledger.loadSnapshot('a'), snapshot)
      const anew = { ...snapshot, foldVersion: 2, state: '{}' }
      await ledger.saveSnapshot(anew)
      assert.deepEqual(await ledger.loadSnapshot('a'), anew)
    }),
  )
}

function describeProof(withLedger: WithLedger): void {
  it(
    'proves an empty ledger and one with entries and checkpoints',
    withLedger(async (ledger) => {
      const head = '0'.repeat(64)
      assert.deepEqual(await ledger.verify(), {
        verdict: 'intact',
        entries: 0,
        checkpoints: 0,
        head,
      })
      const [first] = await ledger.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
      await ledger.checkpoint()
      await ledger.checkpoint()
      assert.deepEqual(await ledger.verify(), {
        verdict: 'intact',
        entries: 1,
        checkpoints: 1,
        head: first?.hash,
      })
    }),
  )

  it(
    'chains the same entries to the same hashes, whatever the adapter',
    withLedger(async (ledger) => {
      await ledger.append({ stream: 'shop-up', after: 0, entries: [entryOf(1), entryOf(2)] })
      await ledger.append({ stream: 'shop-down', after: 0, entries: [entryOf(3)] })
      const hashes = (await collect(ledger.readAll())).map(({ hash }) => hash)
      // Calculated by sha256sum, by hand.
      assert.deepEqual(hashes, [
        '9e4cc716ac9d814e69111e4c4ac21942096c74737e1e8f9b868746897c2a593e',
        'd246195c66c10366d3effdbcda8839ca7d33691c8bd6f2ffa49dbc950e658966',
        '927086c5ede0893795fc903a12821243edde5e40c2beb94e16863a8483378232',
      ])
    }),
  )

  it(
    'proves what is there while more is appended',
    withLedger(async (ledger) => {
      const entries = Array.from({ length: 2500 }, (_, index) => entryOf(index))
      await ledger.append({ stream: 'a', after: 0, entries })
      const proving = ledger.verify()
      await ledger.append({ stream: 'a', after: 2500, entries: [entryOf(1)] })
      const verification = await proving
      assert.equal(verification.verdict, 'intact')
      assert.equal((await ledger.verify()).verdict, 'intact')
    }),
  )
}

function describeEnd(withLedger: WithLedger, whyNotDurable: string | undefined): void {
  it(
    'finishes the appends under way when it is closed, and refuses everything after',
    withLedger(async (ledger) => {
      const appending = ledger.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
      await ledger.close()
      await ledger.close()
      assert.equal((await appending).length, 1)
      const snapshot = { stream: 'a', sequence: 1, foldVersion: 1, state: '{}' }
      const calls = [
        () => ledger.append({ stream: 'a', after: 1, entries: [entryOf(2)] }),
        () => collect(ledger.read('a')),
        () => collect(ledger.readAll()),
        () => ledger.streams(),
        () => ledger.saveSnapshot(snapshot),
        () => ledger.loadSnapshot('a'),
        () => ledger.checkpoint(),
        () => ledger.verify(),
      ]
      for (const call of calls) await assertFault(call(), 'ledger-unavailable')
    }),
  )

  it(
    'stops a reading that is under way when it is closed',
    withLedger(async (ledger) => {
      const entries = Array.from({ length: 600 }, (_, index) => entryOf(index))
      await ledger.append({ stream: 'a', after: 0, entries })
      const reading = (async () => {
        for await (const { position } of ledger.readAll()) if (position === 5) await ledger.close()
      })()
      await assertFault(reading, 'ledger-unavailable')
    }),
  )

  it(
    'has everything again when it is opened again, and goes on from there',
    { skip: whyNotDurable ?? false },
    withLedger(async (ledger, { reopen }) => {
      assert(reopen !== undefined, 'A durable ledger can be reopened.')
      const snapshot = { stream: 'a', sequence: 2, foldVersion: 1, state: '{}' }
      await ledger.append({ stream: 'a', after: 0, entries: [entryOf(1), entryOf(2)] })
      await ledger.saveSnapshot(snapshot)
      const [before, streams] = [await collect(ledger.readAll()), await ledger.streams()]
      await ledger.close()
      const again = await reopen()
      assert.deepEqual(await collect(again.readAll()), before)
      assert.deepEqual(await again.streams(), streams)
      assert.deepEqual(await again.loadSnapshot('a'), snapshot)
      await assertFault(again.append({ stream: 'a', after: 1, entries: [] }), 'ledger-conflict')
      await again.append({ stream: 'a', after: 2, entries: [entryOf(3)] })
      assert.equal((await again.verify()).verdict, 'intact')
    }),
  )
}
