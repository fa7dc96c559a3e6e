/** The record of ports while its store cannot be written, or not even be read. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { SystemClock } from '../clock/system-clock.ts'
import { Fault, isFault } from '../core/fault/fault.ts'
import type { PortEntry } from '../core/port/port-entries.ts'
import { digestOf } from '../core/units/digest.ts'
import { MemoryLedger } from '../ledger/memory/memory-ledger.ts'
import type { Ledger } from '../seams/ledger.ts'
import { PortLedger } from './port-ledger.ts'

/** What a store does not do just now. */
type Failing = 'append' | 'loadSnapshot' | 'saveSnapshot'

async function open(t: TestContext) {
  const failing = new Set<Failing>()
  const below = new MemoryLedger()
  const ledger = new Proxy<Ledger>(below, {
    get(target, name) {
      if (failing.has(name as Failing)) return () => Promise.reject(AWAY)
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  const troubles: unknown[] = []
  const { promise: reloaded, resolve: onReloaded } = Promise.withResolvers<unknown>()
  const record = await PortLedger.open({
    ...{ ledger, stream: 'ports:here', clock: new SystemClock(), onReloaded },
    onTrouble: (error) => troubles.push(error),
  })
  t.after(() => record.settle())
  return { record, failing, troubles, reloaded }
}

const AWAY = new Fault({
  code: 'ledger-unavailable',
  operation: 'use the store',
  subject: 'the store',
  hint: 'It is away.',
})

/** Something to record. */
function enforced(contract: string): PortEntry {
  const digest = digestOf({ contract })
  const policy = { contract, digest, ranges: [] }
  const connect = { contract, digest, rules: [], clients: [] }
  const rules = { contract, digest, ramp: 'up-1', policy, connect, transitions: [] }
  return { type: 'ports.enforced', rules }
}

function unavailable(error: unknown): boolean {
  return isFault(error, 'ports-unavailable')
}

test('what a store did not take is forgotten, as soon as that can be read again', async (t) => {
  const { record, failing, troubles, reloaded } = await open(t)
  await record.record([enforced('shop')])
  failing.add('append').add('loadSnapshot')
  await assert.rejects(record.record([enforced('pay')]), unavailable)
  await assert.rejects(record.record([enforced('docs')]), unavailable)
  failing.clear()
  assert.equal(await reloaded, AWAY)
  assert.deepEqual(troubles, [AWAY])
  assert.deepEqual(
    record.table.enforced.all().map(({ contract }) => contract),
    ['shop'],
  )
  await record.record([enforced('pay')])
  assert.equal(record.table.enforced.all().length, 2)
})

test('a store that stays away keeps nobody from ending', async (t) => {
  const { record, failing } = await open(t)
  failing.add('append').add('loadSnapshot')
  await assert.rejects(record.record([enforced('pay')]), unavailable)
  await record.settle()
})

test('a snapshot that cannot be kept is told of, and what is recorded is', async (t) => {
  const { record, failing, troubles } = await open(t)
  failing.add('saveSnapshot')
  await record.record(Array.from({ length: 2_000 }, () => enforced('shop')))
  await record.record([enforced('pay')])
  assert.deepEqual([troubles.length > 0, record.table.enforced.all().length], [true, 2])
})
