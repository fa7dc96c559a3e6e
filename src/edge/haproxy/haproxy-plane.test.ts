/** A real HAProxy, told over its runtime socket. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../test/support/free-port.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import type { Backend } from '../../seams/data-plane.ts'
import { HaproxyPlane } from './haproxy-plane.ts'

const FRONT = 'shop/api/http'
const haproxy = requireRealPart('HAProxy')

async function start(folder: string, port: number, context: TestContext) {
  const file = join(folder, 'haproxy.cfg')
  const lines = [
    `global\n  stats socket ${join(folder, 's')} mode 600 level admin`,
    'defaults\n  mode http\n  timeout connect 1s\n  timeout client 9s\n  timeout server 9s',
    `frontend front\n  bind 127.0.0.1:${port}\n  default_backend api`,
    'backend api\n  balance leastconn\n',
  ]
  writeFileSync(file, lines.join('\n'))
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: 'inherit' })
  context.after(() => child.kill('SIGKILL'))
  return child
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + 10_000
  while (!(await holds())) {
    assert.ok(performance.now() < untilMs, 'it comes in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function answering(context: TestContext, id: string): Promise<Backend> {
  const server = createServer((_, response) => response.end(id)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { id, address: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

async function edge(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-haproxy-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const port = await freePort()
  const child = await start(folder, port, context)
  const socketPath = join(folder, 's')
  const plane = new HaproxyPlane({ socketPath, backendNames: { [FRONT]: 'api' } })
  const isUp = (): Promise<boolean> =>
    plane.backends(FRONT).then(
      () => true,
      () => false,
    )
  await until(isUp)
  const ask = async (): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
    return response.ok ? response.text() : String(response.status)
  }
  return { folder, port, child, plane, ask, isUp }
}

test(
  'traffic moves by switching servers on and off; saying it twice changes nothing',
  haproxy,
  async (context) => {
    const { plane, ask } = await edge(context)
    const [old, next] = [await answering(context, 'old'), await answering(context, 'next')]
    assert.equal(await ask(), '503')
    await plane.route(FRONT, old)
    await plane.route(FRONT, old)
    assert.equal(await ask(), 'old')
    await plane.route(FRONT, next)
    await plane.drain(FRONT, old)
    await plane.drain(FRONT, old)
    assert.equal(await ask(), 'next')
    const states = (await plane.backends(FRONT)).map(({ id, port, state }) => [id, port, state])
    assert.deepEqual(states.sort(), [
      ['next', next.port, 'routed'],
      ['old', old.port, 'draining'],
    ])
    assert.equal(await plane.inFlight(FRONT, old), 0)
    await plane.remove(FRONT, old)
    await plane.remove(FRONT, old)
    assert.deepEqual(
      (await plane.backends(FRONT)).map(({ id }) => id),
      ['next'],
    )
  },
)

test('after a restart of HAProxy, everything is told again', haproxy, async (context) => {
  const { plane, ask, child, folder, port, isUp } = await edge(context)
  await plane.route(FRONT, await answering(context, 'old'))
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  await start(folder, port, context)
  await until(isUp)
  assert.equal(await ask(), '503')
  await plane.reapply()
  assert.equal(await ask(), 'old')
})

test('what HAProxy would misunderstand is never said to it', haproxy, async (context) => {
  const { plane } = await edge(context)
  const bad = [
    { id: 'a', address: '127.0.0.1', port: 99_999 },
    { id: 'a; disable frontend front', address: '127.0.0.1', port: 80 },
    { id: 'a', address: 'example.org', port: 80 },
  ]
  for (const backend of bad) {
    await assert.rejects(plane.route(FRONT, backend), /is not a name, a literal address and a port/)
  }
  assert.deepEqual(await plane.backends(FRONT), [])
})

test('an HAProxy that is not there is a fault in words', async () => {
  const plane = new HaproxyPlane({ socketPath: '/nowhere/s', backendNames: { [FRONT]: 'api' } })
  await assert.rejects(plane.backends(FRONT), /HAProxy cannot be told anything: .*ENOENT/)
  await assert.rejects(plane.backends('shop/web/http'), /no backend of HAProxy was named/)
})
