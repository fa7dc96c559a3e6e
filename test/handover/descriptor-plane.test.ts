/** Real processes as owners; the hand-over under load is in handover.test.ts. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import type { Backend } from '../../src/seams/data-plane.ts'
import { DescriptorPlane } from './descriptor-plane.ts'

const FRONT = 'shop/api/http'

function owner(context: TestContext, id: string): { child: ChildProcess; backend: Backend } {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' })
  context.after(() => child.kill('SIGKILL'))
  return { child, backend: { id, address: '127.0.0.1', port: 20_000 } }
}

test('an owner is signalled once, leaves the list when it is gone, and has nothing in flight then', async (context) => {
  const { child, backend } = owner(context, 'a')
  let signals = 0
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null
  const plane = new DescriptorPlane({
    signal: () => {
      signals += 1
    },
    kill: () => child.kill('SIGKILL'),
    isAlive,
    established: async () => 3,
  })
  await plane.route(FRONT, backend)
  await plane.drain(FRONT, backend)
  await plane.drain(FRONT, backend)
  assert.equal(signals, 1)
  assert.deepEqual(await plane.backends(FRONT), [{ ...backend, state: 'draining' }])
  assert.equal(await plane.inFlight(FRONT, backend), 3)
  await assert.rejects(plane.route(FRONT, backend), /asked to end already/)
  const gone = once(child, 'exit')
  await plane.remove(FRONT, backend)
  await gone
  assert.equal(await plane.inFlight(FRONT, backend), 0)
  assert.deepEqual(await plane.backends(FRONT), [])
  await plane.remove(FRONT, backend)
  await assert.rejects(plane.route(FRONT, backend), /its process is gone/)
})
