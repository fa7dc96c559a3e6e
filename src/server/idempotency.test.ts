/** A key over a whole server, on a clock that only moves when it is told to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedClock } from '../../test/simulation/simulated-clock.ts'
import { openNetServer } from '../../test/support/net-server.ts'
import { MemoryRecords } from '../records/memory/memory-records.ts'

test('does nothing twice that is asked twice, however long the first time takes', async (t) => {
  const clock = new SimulatedClock()
  const server = await openNetServer(t, { clock, records: new MemoryRecords(clock) })
  const { engine, records } = server.parts
  const { secret: token } = await server.tokenFor('ops', [{ role: 'admin', scope: {} }])
  const begun = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const open = engine.open.bind(engine)
  let opened = 0
  engine.open = async (what) => {
    opened += 1
    begun.resolve()
    await gate.promise
    return await open(what)
  }
  const spec = { components: { api: { run: { command: ['node'] } } } }
  const of = { apiVersion: 'rampart/v1', kind: 'Environment', metadata: { name: 'shop' } }
  const body = { contract: { ...of, spec }, directory: '/srv', goal: 'up', settings: {}, by: 'x' }
  const ask = { method: 'POST', token, headers: { 'idempotency-key': 'slow' }, body }
  const first = server.ask('/v1/ramps', ask)
  await begun.promise
  let isOver = false
  clock.wakeAt(clock.nowMs() + 5 * 60_000, () => {
    isOver = true
  })
  while (!isOver) {
    clock.step()
    await new Promise(setImmediate)
  }
  const meanwhile = await server.ask('/v1/ramps', ask)
  assert.equal((meanwhile.body as { readonly code: string }).code, 'request-under-way')
  gate.resolve()
  const answer = await first
  const again = await server.ask('/v1/ramps', ask)
  assert.deepEqual([answer.status, again.status, again.body], [201, 201, answer.body])
  assert.equal(opened, 1)
  const [kept] = await records.list('idempotency')
  assert.equal(kept?.value['state'], 'done')
})
