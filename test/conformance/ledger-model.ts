/**
 * The ledger against a model: whatever is done to both, in whatever order, both hold the same. The model
 * is a list; it knows nothing of pages, groups or files.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFault } from '../../src/core/fault/fault.ts'
import type { Ledger, Snapshot } from '../../src/seams/ledger.ts'
import { collect, entryOf, type LedgerSubject, type LedgerTrial } from './ledger.ts'

/** What is run, and how often. */
export interface LedgerModelOptions {
  readonly subject: LedgerSubject
  readonly runs: number
}

/** Something that is done to a ledger. */
type Deed =
  | { readonly do: 'append'; readonly appends: readonly Attempt[] }
  | { readonly do: 'read'; readonly stream: string; readonly after: number }
  | { readonly do: 'read-all'; readonly after: number }
  | { readonly do: 'save'; readonly snapshot: Snapshot }
  | { readonly do: 'checkpoint' | 'verify' | 'streams' | 'reopen' }

/** `off` is how far the writer's view is from the truth. */
interface Attempt {
  readonly stream: string
  readonly off: number
  readonly count: number
}

interface ModelEntry {
  readonly stream: string
  readonly sequence: number
  readonly atMs: number
}

interface Model {
  readonly entries: ModelEntry[]
  readonly snapshots: Map<string, Snapshot>
}

const stream = fc.constantFrom('a', 'b', 'ramp/Ä')
const after = fc.nat({ max: 12 })
const attempt: fc.Arbitrary<Attempt> = fc.record({
  stream,
  off: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -1, max: 1 })),
  count: fc.nat({ max: 3 }),
})
const snapshot: fc.Arbitrary<Snapshot> = fc.record({
  stream,
  sequence: fc.nat({ max: 5 }),
  foldVersion: fc.nat({ max: 2 }),
  state: fc.string({ unit: 'binary' }),
})
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      appends: fc.array(attempt, { minLength: 1, maxLength: 4 }),
    }),
  },
  fc.record({ do: fc.constant('read' as const), stream, after }),
  fc.record({ do: fc.constant('read-all' as const), after }),
  fc.record({ do: fc.constant('save' as const), snapshot }),
  fc.record({ do: fc.constantFrom('checkpoint', 'verify', 'streams', 'reopen') }),
)

/** Runs the ledger of a subject against the model. */
export function describeLedgerModel(name: string, { subject, runs }: LedgerModelOptions): void {
  describe(`${name}, against a model`, () => {
    it('holds what the model holds, whatever is done to both', async () => {
      const property = fc.asyncProperty(fc.array(deed, { maxLength: 30 }), async (deeds) => {
        const trial = await subject.open()
        try {
          await run(trial, deeds)
        } finally {
          await trial.discard()
        }
      })
      await fc.assert(property, { numRuns: runs })
    })
  })
}

async function run(trial: LedgerTrial, deeds: readonly Deed[]): Promise<void> {
  const model: Model = { entries: [], snapshots: new Map() }
  let { ledger } = trial
  for (const next of deeds) {
    if (next.do === 'append') await append(ledger, model, next.appends)
    else if (next.do === 'read') await compareStream(ledger, model, next.stream, next.after)
    else if (next.do === 'read-all') await compareAll(ledger, model, next.after)
    else if (next.do === 'save') await saveSnapshot(ledger, model, next.snapshot)
    else if (next.do === 'checkpoint') await ledger.checkpoint()
    else if (next.do === 'verify') await compareVerification(ledger, model)
    else if (next.do === 'streams') await compareStreams(ledger, model)
    else if (trial.reopen !== undefined) {
      await ledger.close()
      ledger = await trial.reopen()
    }
  }
  await compareAll(ledger, model, 0)
  await compareVerification(ledger, model)
}

/** The attempts of one deed are made at once; the model decides them in order. */
async function append(ledger: Ledger, model: Model, attempts: readonly Attempt[]): Promise<void> {
  const made = attempts.map(({ stream, off, count }) => {
    const last = streamOf(model, stream).length
    const seen = Math.max(0, last + off)
    const first = model.entries.length
    const entries = Array.from({ length: count }, (_, index) => entryOf(first + index))
    if (seen === last) {
      for (const [index, { atMs }] of entries.entries()) {
        model.entries.push({ stream, sequence: last + index + 1, atMs })
      }
    }
    return {
      answer: ledger.append({ stream, after: seen, entries }),
      expected: seen === last,
      first,
    }
  })
  const outcomes = await Promise.allSettled(made.map(({ answer }) => answer))
  for (const [index, outcome] of outcomes.entries()) {
    const { expected, first } = made[index] ?? {}
    assert.equal(outcome.status === 'fulfilled', expected)
    if (outcome.status === 'rejected') assert(isFault(outcome.reason, 'ledger-conflict'))
    else if (outcome.value[0] !== undefined)
      assert.equal(outcome.value[0].position, (first ?? 0) + 1)
  }
}

async function saveSnapshot(ledger: Ledger, model: Model, next: Snapshot): Promise<void> {
  await ledger.saveSnapshot(next)
  const kept = model.snapshots.get(next.stream)
  if (kept === undefined || kept.sequence <= next.sequence) model.snapshots.set(next.stream, next)
  const expected = model.snapshots.get(next.stream)
  assert.deepEqual({ ...(await ledger.loadSnapshot(next.stream)) }, { ...expected })
}

async function compareStream(
  ledger: Ledger,
  model: Model,
  stream: string,
  after: number,
): Promise<void> {
  const read = await collect(ledger.read(stream, after))
  assert.deepEqual(read.map(modelEntryOf), streamOf(model, stream).slice(after))
}

async function compareAll(ledger: Ledger, model: Model, after: number): Promise<void> {
  const read = await collect(ledger.readAll(after))
  assert.deepEqual(read.map(modelEntryOf), model.entries.slice(after))
  assert.deepEqual(
    read.map(({ position }) => position),
    model.entries.map((_, index) => index + 1).slice(after),
  )
}

async function compareVerification(ledger: Ledger, model: Model): Promise<void> {
  const verification = await ledger.verify()
  assert(verification.verdict === 'intact', JSON.stringify(verification))
  assert.equal(verification.entries, model.entries.length)
}

async function compareStreams(ledger: Ledger, model: Model): Promise<void> {
  const names = [...new Set(model.entries.map(({ stream }) => stream))]
  const expected = names.map((name) => {
    const entries = streamOf(model, name)
    const [openedAtMs, lastAtMs] = [entries[0]?.atMs, entries.at(-1)?.atMs]
    return {
      stream: name,
      sequence: entries.length,
      openedAtMs,
      lastAtMs,
      lastType: 'stage.started',
    }
  })
  assert.deepEqual(await ledger.streams(), expected)
}

function streamOf(model: Model, stream: string): ModelEntry[] {
  return model.entries.filter((entry) => entry.stream === stream)
}

function modelEntryOf(recorded: {
  readonly stream: string
  readonly sequence: number
  readonly entry: { readonly atMs: number }
}): ModelEntry {
  const { stream, sequence, entry } = recorded
  return { stream, sequence, atMs: entry.atMs }
}
