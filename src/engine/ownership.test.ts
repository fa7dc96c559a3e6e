/** For how long a lease can be counted on, by hand: the store may be slow, silent or wrong. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle } from '../../test/simulation/settle.ts'
import { SimulatedClock } from '../../test/simulation/simulated-clock.ts'
import { present } from '../core/fault/assert.ts'
import { Fault } from '../core/fault/fault.ts'
import { MemoryLeases, MemoryLeaseTable } from '../leases/memory/memory-leases.ts'
import type { Leases } from '../seams/leases.ts'
import { Ownership } from './ownership.ts'

const LIFETIME_MS = 9_000

/** The store does not answer. */
const DOWN = new Fault({
  code: 'store-unavailable',
  operation: 'ask the store',
  subject: 'the store',
  hint: 'It is down.',
})

interface Trial {
  readonly clock: SimulatedClock
  readonly table: MemoryLeaseTable
  readonly ownership: Ownership
  readonly lost: string[]
  /** What was told that does not pass by itself. */
  readonly troubles: unknown[]
  /** What is done about nothing. */
  readonly idle: Set<string>
  pass(ms: number): Promise<void>
}

function trial(
  otherwise: (below: Leases, clock: SimulatedClock) => Partial<Leases> = () => ({}),
): Trial {
  const clock = new SimulatedClock()
  const table = new MemoryLeaseTable({ nowMs: () => clock.goneMs, wakeAt: () => ({ cancel() {} }) })
  const below = new MemoryLeases({ table, owner: 'ann', lifetimeMs: LIFETIME_MS })
  const leases: Leases = {
    lifetimeMs: LIFETIME_MS,
    begin: () => below.begin(),
    renew: () => below.renew(),
    take: (subject) => below.take(subject),
    end: () => below.end(),
    release: (lease) => below.release(lease),
    holder: (subject) => below.holder(subject),
    holders: () => below.holders(),
    close: () => below.close(),
    ...otherwise(below, clock),
  }
  const lost: string[] = []
  const troubles: unknown[] = []
  const idle = new Set<string>()
  const ownership = new Ownership({
    leases,
    clock,
    isIdle: (subject) => idle.has(subject),
    onLost: ({ subject }) => lost.push(subject),
    onTrouble: (error) => troubles.push(error),
  })
  const pass = async (ms: number): Promise<void> => {
    const byMs = clock.goneMs + ms
    clock.wakeAt(clock.nowMs() + ms, () => undefined)
    await settle()
    while (clock.goneMs < byMs && clock.step()) await settle()
  }
  return { clock, table, ownership, lost, troubles, idle, pass }
}

const SHOP = 'environment/shop'

test('what is renewed stays sure for as long as anybody cares', async () => {
  const { ownership, lost, pass } = trial()
  const right = await ownership.take(SHOP)
  await pass(20 * LIFETIME_MS)
  assert.equal(right?.isSure(), true)
  assert.equal(await ownership.take(SHOP), right)
  assert.deepEqual(lost, [])
})

test('a lease counts from before it was asked for', async () => {
  const { ownership, clock, pass } = trial((below, slow) => ({
    take: async (subject) => {
      const lease = await below.take(subject)
      await slow.pause(LIFETIME_MS / 3)
      return lease
    },
    renew: () => new Promise(() => undefined),
  }))
  const taking = ownership.take(SHOP)
  await pass(LIFETIME_MS / 2)
  const right = await taking
  assert.equal(right?.isSure(), true)
  await pass(LIFETIME_MS / 2)
  assert.equal(clock.goneMs, LIFETIME_MS)
  assert.equal(right?.isSure(), false)
})

test('whoever was stopped for longer than a lease notices before anything else comes', async () => {
  const { ownership, table, clock } = trial()
  const right = await ownership.take(SHOP)
  // Nothing that waits for the clock comes while the process is stopped.
  const stopped = new Promise<void>((resolve) => {
    clock.wakeAt(clock.nowMs() + 10, resolve)
  })
  clock.step()
  await stopped
  Object.defineProperty(clock, 'elapsedMs', { value: () => 10 + LIFETIME_MS })
  assert.equal(right?.isSure(), false)
  assert.equal(table.holder(SHOP)?.owner, 'ann')
})

test('what was once not sure never is again, also when the store renews it after all', async () => {
  let isSilent = true
  const { ownership, lost, pass } = trial((below, slow) => ({
    renew: async () => {
      if (isSilent) await slow.pause(LIFETIME_MS)
      return below.renew()
    },
  }))
  const right = await ownership.take(SHOP)
  await pass(LIFETIME_MS + 1)
  assert.deepEqual(lost, [SHOP])
  isSilent = false
  await pass(LIFETIME_MS)
  assert.equal(right?.isSure(), false)
  const again = await ownership.take(SHOP)
  assert.notEqual(again, right)
  assert.equal(again?.isSure(), true)
})

test('a store that fails now and then loses nothing', async () => {
  let renewals = 0
  const { ownership, lost, troubles, pass } = trial((below) => ({
    renew: () => (++renewals % 2 === 1 ? Promise.reject(DOWN) : below.renew()),
  }))
  await ownership.take(SHOP)
  await pass(10 * LIFETIME_MS)
  assert.deepEqual([lost, troubles], [[], []])
})

test('a bug of the store is told of, whatever was asked, and costs no more than an outage', async () => {
  const bug = new TypeError('a bug')
  const { ownership, table, lost, troubles, pass } = trial(() => ({
    renew: () => Promise.reject(bug),
    release: () => Promise.reject(bug),
    end: () => Promise.reject(bug),
  }))
  const attic = present(await ownership.take('environment/attic'), 'nobody else has it')
  const shop = present(await ownership.take(SHOP), 'nobody else has it')
  await ownership.release(attic)
  assert.deepEqual(troubles, [bug])
  assert.ok(table.holder('environment/attic'))
  await pass(LIFETIME_MS / 3)
  assert.deepEqual(new Set(troubles), new Set([bug]))
  assert.ok(troubles.length > 1 && shop.isSure())
  await pass(LIFETIME_MS)
  assert.deepEqual(lost, [SHOP])
  const before = troubles.length
  await ownership.take(SHOP)
  await ownership.close()
  assert.equal(troubles.length, before + 1)
})

test('what the store holds to be over is lost with the next renewal, all of it', async () => {
  const { ownership, table, lost, pass } = trial()
  await ownership.take(SHOP)
  await ownership.take('environment/cellar')
  table.endLivesOf('ann')
  const bob = table.begin('bob', LIFETIME_MS)
  assert.ok(table.take(SHOP, bob))
  await pass(LIFETIME_MS / 2)
  assert.deepEqual(lost, [SHOP, 'environment/cellar'])
  assert.equal(ownership.right(SHOP), undefined)
  assert.equal(await ownership.take(SHOP), undefined)
  assert.equal((await ownership.take('environment/cellar'))?.isSure(), true)
})

test('a thousand leases are renewed by asking once', async () => {
  let renewals = 0
  const { ownership, lost, pass } = trial((below) => ({
    renew: () => {
      renewals += 1
      return below.renew()
    },
  }))
  for (let number = 0; number < 1_000; number += 1) await ownership.take(`environment/${number}`)
  await pass(LIFETIME_MS)
  assert.equal(renewals, 2)
  assert.deepEqual(lost, [])
})

test('holds nothing without knowing it, whether taking or giving back got no answer', async () => {
  let isDeaf = false
  const deafly = async <Value>(asked: Promise<Value>): Promise<Value> => {
    const answer = await asked
    if (isDeaf) throw DOWN
    return answer
  }
  const { ownership, table, pass } = trial((below) => ({
    take: (subject) => deafly(below.take(subject)),
    release: (lease) => (isDeaf ? Promise.reject(DOWN) : below.release(lease)),
  }))
  await ownership.take('environment/cellar')
  const attic = present(await ownership.take('environment/attic'), 'nobody else has it')
  isDeaf = true
  await assert.rejects(ownership.take(SHOP))
  await ownership.release(attic)
  assert.ok(table.holder(SHOP))
  assert.ok(table.holder('environment/attic'))
  await pass(LIFETIME_MS)
  isDeaf = false
  await pass(LIFETIME_MS)
  assert.equal(table.holder(SHOP), undefined)
  assert.equal(table.holder('environment/attic'), undefined)
  assert.equal(ownership.right('environment/cellar')?.isSure(), true)
})

test('gives back what nothing is to be done about, and sets no timer then', async () => {
  const { ownership, table, idle, lost, pass, clock } = trial()
  await ownership.take(SHOP)
  idle.add(SHOP)
  await pass(LIFETIME_MS)
  assert.equal(table.holder(SHOP), undefined)
  assert.deepEqual(lost, [])
  assert.equal(clock.timers, 0)
})

test('takes again only once a release has got through, which would free it otherwise', async () => {
  const { ownership, table, pass } = trial((below, slow) => ({
    release: async (lease) => {
      await slow.pause(1_000)
      await below.release(lease)
    },
  }))
  const first = present(await ownership.take(SHOP), 'nobody else has it')
  void ownership.release(first)
  const again = ownership.take(SHOP)
  await pass(1_500)
  const right = await again
  assert.equal(right?.isSure(), true)
  assert.equal(table.holder(SHOP)?.token, right?.lease?.token)
  // Whoever had the first one hears late that it came to nothing.
  await ownership.release(first)
  assert.equal(right?.isSure(), true)
  assert.equal(table.holder(SHOP)?.token, right?.lease?.token)
})

test('gives everything back when it closes, also what is just being taken', async () => {
  const { ownership, table, pass } = trial((below, slow) => ({
    take: async (subject) => {
      await slow.pause(500)
      return below.take(subject)
    },
  }))
  const taking = ownership.take(SHOP)
  const closing = ownership.close()
  await pass(1_000)
  await closing
  assert.equal(await taking, undefined)
  assert.equal(table.holder(SHOP), undefined)
})
