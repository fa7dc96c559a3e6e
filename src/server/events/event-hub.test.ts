import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SystemClock } from '../../clock/system-clock.ts'
import { MemoryLedger } from '../../ledger/memory/memory-ledger.ts'
import { EventHub } from './event-hub.ts'

test('gives every entry once and in order, from the ledger and then from what is at hand', async () => {
  const ledger = new MemoryLedger()
  const append = (after: number): Promise<unknown> =>
    ledger.append({ stream: 'a', after, entries: [{ type: 'clock.ticked', atMs: 1 + after }] })
  for (let after = 0; after < 600; after += 1) await append(after)
  const onTrouble = (error: unknown): never => assert.fail(String(error))
  const hub = new EventHub({ ledger, clock: new SystemClock(), onTrouble })
  let told = Promise.withResolvers<void>()
  const stop = await hub.follow(() => told.resolve())
  assert.equal(hub.end, 600)
  while (hub.end < 620) {
    await append(hub.end)
    await told.promise
    told = Promise.withResolvers()
  }
  const positions: number[] = []
  for await (const page of hub.after(0)) {
    positions.push(...page.map(({ recorded }) => recorded.position))
  }
  stop()
  assert.deepEqual(
    positions,
    Array.from({ length: 620 }, (_, place) => place + 1),
  )
})

test('begins anew for whoever comes after all others have left in the midst of a reading', async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const ledger = new MemoryLedger()
    const append = (after: number): Promise<unknown> =>
      ledger.append({ stream: 'a', after, entries: [{ type: 'clock.ticked', atMs: 1 + after }] })
    const onTrouble = (error: unknown): never => assert.fail(String(error))
    const hub = new EventHub({ ledger, clock: new SystemClock(), onTrouble })
    const leave = await hub.follow(() => undefined)
    await append(0)
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    leave()
    await append(1)
    await append(2)
    const told = Promise.withResolvers<void>()
    const stop = await hub.follow(() => told.resolve())
    assert.equal(hub.end, 3)
    await append(3)
    await told.promise
    const positions: number[] = []
    for await (const page of hub.after(3)) {
      positions.push(...page.map(({ recorded }) => recorded.position))
    }
    stop()
    assert.deepEqual(positions, [4], `after ${turns} turns of promises`)
  }
})
