/** Ports that an engine publishes, where rules of the kernel lead there and nobody need listen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  granted,
  Listener,
  makePortBench,
  type PortBench,
  wish,
} from '../../test/ports/workbench.ts'
import { until } from '../../test/support/until.ts'
import type { PortBroker } from '../seams/port-broker.ts'
import { isEngineProgram } from './kernel/engine-programs.ts'

const container = { name: 'rampart-shop-api-1' }

async function publish(
  bench: PortBench,
): Promise<{ broker: PortBroker; id: string; port: number }> {
  const broker = await bench.open()
  const [lease] = granted(await broker.claim([wish('shop/api', { isHeld: false })]))
  if (lease === undefined) assert.fail('it is granted')
  await broker.publish(lease.id, container)
  return { broker, id: lease.id, port: lease.claim.port }
}

test('that nobody listens is no end of it: only who asks the engine ends it', async (t) => {
  const bench = makePortBench(t)
  const { broker, id, port } = await publish(bench)
  await broker.story(port)
  const [lease] = broker.leases()
  assert.deepEqual([lease?.state, lease?.container], ['assigned', container])
  const index = broker.index
  await broker.publish(id, container)
  assert.equal(broker.index, index, 'to say it again changes nothing')
  const next = await bench.open()
  const { sentences } = await next.story(port)
  assert.match(sentences.join('\n'), /assigned since .*nobody is seen to listen there yet/)
  assert.match(sentences.join('\n'), /Its container is rampart-shop-api-1\./)
  const other = await next.claim([wish('shop/web', { port })])
  assert.equal(other.verdict, 'refused')
  await next.release(id, 'The container has ended.')
  assert.equal(next.leases()[0]?.state, 'cooling')
})

test('a stranger who listens there is named, and when he is gone it is as before', async (t) => {
  const bench = makePortBench(t)
  const { broker, port } = await publish(bench)
  const stranger = new Listener(t)
  assert.equal(await stranger.listen(port), 'listening')
  const state = (): string | undefined => broker.leases()[0]?.state
  await until('it is stolen', () => state() === 'stolen')
  assert.equal(broker.leases()[0]?.thief?.pid, stranger.pid)
  await stranger.kill()
  await until('it is the container’s again', () => state() === 'assigned')
})

test('programs of engines are known by their names, wherever they lie', () => {
  for (const program of [
    '/usr/bin/conmon --api-version 1',
    'docker-proxy -proto tcp',
    'pasta.avx2',
  ])
    assert.ok(isEngineProgram(program), program)
  for (const program of ['node conmon.js', '/bin/bash', '', 'httpd -f /usr/bin/conmon'])
    assert.ok(!isEngineProgram(program), program)
})
