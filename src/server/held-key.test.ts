/** Keys on a clock that only moves when it is told to, over the records that servers share. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedClock } from '../../test/simulation/simulated-clock.ts'
import { Fault, isFault } from '../core/fault/fault.ts'
import { MemoryRecords } from '../records/memory/memory-records.ts'
import type { RecordPut, Records, StoredRecord } from '../seams/records.ts'
import { HeldKey, KEYS, UNDER_WAY_MS } from './held-key.ts'

const UNDER_WAY = { state: 'under-way' } as const
const DONE = { state: 'done' } as const

/** Lets time go by, and everything that is due in it be done. */
async function pass(clock: SimulatedClock, ms: number): Promise<void> {
  let isOver = false
  clock.wakeAt(clock.nowMs() + ms, () => {
    isOver = true
  })
  while (!isOver) {
    clock.step()
    await new Promise(setImmediate)
  }
}

/** Records whose writing can be held up, or be impossible for a while. */
class SlowRecords extends MemoryRecords {
  before: (put: RecordPut) => Promise<void> = async () => undefined

  override async put(put: RecordPut): Promise<StoredRecord> {
    await this.before(put)
    return await super.put(put)
  }
}

function bench() {
  const clock = new SimulatedClock()
  const records = new SlowRecords(clock)
  const troubles: unknown[] = []
  const parts = { records, clock, onTrouble: (error: unknown) => void troubles.push(error) }
  return { clock, records, troubles, parts }
}

async function stateOf(records: Records): Promise<unknown> {
  return (await records.get(KEYS, 'k'))?.value['state']
}

function isTaken(error: unknown): boolean {
  return isFault(error, 'record-conflict')
}

test('a key is held for as long as its request takes, and its answer for as long as is asked', async () => {
  const { clock, records, parts, troubles } = bench()
  const hold = await HeldKey.take(parts, 'k', UNDER_WAY)
  await pass(clock, 10 * UNDER_WAY_MS)
  await assert.rejects(HeldKey.take(parts, 'k', UNDER_WAY), isTaken)
  await hold.settle(DONE, 1_000)
  assert.equal(await stateOf(records), 'done')
  assert.equal(clock.timers, 0)
  await pass(clock, 1_000)
  assert.equal(await stateOf(records), undefined)
  assert.deepEqual(troubles, [])
})

test('a key whose server died is free after a while, and one that is given back at once', async () => {
  const { clock, parts } = bench()
  const dead = await HeldKey.take(parts, 'k', UNDER_WAY)
  dead.abandon()
  await pass(clock, UNDER_WAY_MS - 1)
  await assert.rejects(HeldKey.take(parts, 'k', UNDER_WAY), isTaken)
  await pass(clock, 1)
  const next = await HeldKey.take(parts, 'k', UNDER_WAY)
  await next.free()
  const last = await HeldKey.take(parts, 'k', UNDER_WAY)
  await last.free()
  assert.equal(clock.timers, 0)
})

test('a renewal that is on its way when the answer comes does not overwrite it', async () => {
  const { clock, records, parts } = bench()
  const hold = await HeldKey.take(parts, 'k', UNDER_WAY)
  const gate = Promise.withResolvers<void>()
  records.before = ({ value }) =>
    value['state'] === 'under-way' ? gate.promise : Promise.resolve()
  await pass(clock, UNDER_WAY_MS / 2)
  const settled = hold.settle(DONE, 1_000)
  gate.resolve()
  await settled
  assert.equal(await stateOf(records), 'done')
  assert.equal(clock.timers, 0)
})

test('a store that is away for a moment does not cost the key', async () => {
  const { clock, records, parts, troubles } = bench()
  const hold = await HeldKey.take(parts, 'k', UNDER_WAY)
  const gone = { operation: 'keep', subject: 'records', hint: 'They are away.' }
  records.before = () => Promise.reject(new Fault({ code: 'store-unavailable', ...gone }))
  await pass(clock, (UNDER_WAY_MS * 2) / 3)
  records.before = async () => undefined
  await pass(clock, UNDER_WAY_MS)
  await assert.rejects(HeldKey.take(parts, 'k', UNDER_WAY), isTaken)
  assert.equal(troubles.length, 2)
  await hold.settle(DONE, 1_000)
})

test('a server that stood still for too long takes the key again, but not from another one', async () => {
  const { clock, records, parts, troubles } = bench()
  const slow = await HeldKey.take(parts, 'k', UNDER_WAY)
  // It stands still: nothing of it is done until it goes on.
  const gate = Promise.withResolvers<void>()
  records.before = () => gate.promise
  await pass(clock, 2 * UNDER_WAY_MS)
  assert.equal(await stateOf(records), undefined)
  records.before = async () => undefined
  const other = await HeldKey.take(parts, 'k', { state: 'of the other one' })
  gate.resolve()
  await pass(clock, UNDER_WAY_MS)
  await assert.rejects(slow.settle(DONE, 1_000), isTaken)
  assert.ok(troubles.every(isTaken))
  assert.equal(await stateOf(records), 'of the other one')
  await other.free()
  assert.equal(clock.timers, 0)
})
