/** Ports of UDP without a ledger: found free, told of, and proved free once their component is gone. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { until } from '../../../test/support/until.ts'
import { isPortFree } from '../placement/ports.ts'
import { makeOrder, makeWorkbench, script, shell, start, stop } from './fixtures/workbench.ts'

const DNS = { ports: { dns: { protocol: 'udp' } } }
const BINDS = `require('node:dgram').createSocket('udp4').bind(Number(process.env.PORT), '127.0.0.1')`

test('a component binds the port of UDP that it is told, and nothing of it is left', async (t) => {
  const runtime = makeWorkbench(t).open()
  const answer = await runtime.run(makeOrder('start', script(BINDS, DNS)))
  const { dns: port = 0 } = answer.outputs['ports'] as Readonly<Record<string, number>>
  assert.match(answer.sentence, new RegExp(`, ports dns ${port}/udp\\.$`))
  await until('it is bound', async () => !(await isPortFree(port, 'udp')))
  assert.equal(await isPortFree(port), true, 'nobody has that number of TCP')
  assert.equal((await stop(runtime)).reason, 'stopped')
  assert.equal(await isPortFree(port, 'udp'), true)
})

test('whoever listens on that number of TCP keeps nobody from being proved gone', async (t) => {
  const runtime = makeWorkbench(t).open()
  const { ports } = await start(runtime, shell('sleep 1000', DNS))
  const server = createServer().listen(ports['dns'], '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const stopped = await stop(runtime)
  assert.equal(stopped.reason, 'stopped', stopped.sentence)
})

test('whoever is bound to a port of UDP when its component is gone is told of', async (t) => {
  const runtime = makeWorkbench(t).open()
  const { ports, instance } = await start(runtime, shell('sleep 1000', DNS))
  const socket = createSocket('udp4').bind(ports['dns'], '127.0.0.1')
  await once(socket, 'listening')
  t.after(() => socket.close())
  const { signal, abort } = givenUp()
  const stopping = stop(runtime, {}, { signal })
  await until('it is gone', () => runtime.state(instance)?.status !== 'running')
  abort()
  const { outputs, sentence } = await stopping
  assert.deepEqual(outputs['leftPorts'], [ports['dns']], sentence)
})

function givenUp(): { readonly signal: AbortSignal; abort(): void } {
  const control = new AbortController()
  return { signal: control.signal, abort: () => control.abort() }
}
