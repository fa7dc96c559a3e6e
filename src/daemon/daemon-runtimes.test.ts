/** A component is in one runtime at a time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExternalRuntime } from '../runtimes/external/external-runtime.ts'
import { makeOrder, makeWorkbench, shell } from '../runtimes/process/fixtures/workbench.ts'
import { SoleRuntime } from './daemon-runtimes.ts'

test('what runs elsewhere is ended before a component starts in another runtime', async (t) => {
  const runtime = makeWorkbench(t).open()
  const other = new SoleRuntime(new ExternalRuntime(), [runtime])
  const started = await runtime.run(makeOrder('start', shell('sleep 1000')))
  assert.equal(started.verdict, 'done', started.sentence)
  assert.equal(runtime.isRunning('shop/api'), true)
  const foreign = { subject: 'shop/api', onlyStartedByRamp: 'up-2', stop: { graceMs: 100 } }
  await other.run(makeOrder('stop', foreign, { id: 'up-2/api/1', ramp: 'up-2' }))
  assert.equal(runtime.isRunning('shop/api'), true, 'what another ramp has started is left alone')
  const input = { subject: 'shop/api', host: 'h', ports: {}, stop: { command: ['x'] } }
  const answer = await other.run(makeOrder('start', input, { id: 'up-2/api/2', ramp: 'up-2' }))
  assert.equal(answer.reason, 'observed')
  assert.equal(runtime.isRunning('shop/api'), false)
})

test('an end that fails keeps the other from starting', async (t) => {
  const runtime = makeWorkbench(t).open()
  const other = new SoleRuntime(new ExternalRuntime(), [runtime])
  await runtime.run(makeOrder('start', shell('sleep 1000'), { fence: 5 }))
  const input = { subject: 'shop/api', host: 'h' }
  assert.equal((await other.run(makeOrder('start', input, { fence: 4 }))).reason, 'fenced')
  assert.equal(runtime.isRunning('shop/api'), true)
})
