/** A real HAProxy, told over its runtime socket. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { scratchFolder, serveBackend } from '../../../test/handover/backends.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import { until } from '../../../test/support/until.ts'
import { HaproxyPlane } from './haproxy-plane.ts'
import { tellHaproxy } from './runtime-socket.ts'

const FRONT = 'shop/api/http'
const haproxy = requireRealPart('HAProxy')

async function start(folder: string, port: number, context: TestContext, more = '') {
  const file = join(folder, 'haproxy.cfg')
  const lines = [
    `global\n  stats socket ${join(folder, 's')} mode 600 level admin`,
    'defaults\n  mode http\n  timeout connect 1s\n  timeout client 9s\n  timeout server 9s',
    ...(more === '' ? [] : [more]),
    `frontend front\n  bind 127.0.0.1:${port}\n  default_backend api`,
    'backend api\n  balance leastconn\n',
  ]
  writeFileSync(file, lines.join('\n'))
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: 'inherit' })
  context.after(() => child.kill('SIGKILL'))
  return child
}

async function edge(context: TestContext, more = '') {
  const folder = scratchFolder(context)
  const port = await freePort()
  const child = await start(folder, port, context, more)
  const socketPath = join(folder, 's')
  const plane = new HaproxyPlane({ socketPath, backendNames: { [FRONT]: 'api' } })
  const isUp = (): Promise<boolean> =>
    plane.backends(FRONT).then(
      () => true,
      () => false,
    )
  await until('it is up', isUp)
  const ask = async (): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
    return response.ok ? response.text() : String(response.status)
  }
  return { folder, port, child, plane, ask, isUp, socketPath }
}

test(
  'traffic moves by switching servers on and off; saying it twice changes nothing',
  haproxy,
  async (context) => {
    const { plane, ask } = await edge(context)
    const [old, next] = [await serveBackend(context, 'old'), await serveBackend(context, 'next')]
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

const PATIENT = '  retries 100\n  option redispatch 1\n  timeout connect 100ms'

test(
  'while nobody serves clients wait for as long as retries say, and are answered by who comes',
  haproxy,
  async (context) => {
    const { plane, ask, socketPath } = await edge(context, PATIENT)
    assert.equal(await ask(), '503', 'nobody was told of')
    await plane.letWait(FRONT, true)
    await plane.letWait(FRONT, true)
    assert.deepEqual(await plane.backends(FRONT), [], 'it is nobody')
    const waiting = [ask(), ask(), ask()]
    const retried = async (): Promise<boolean> => {
      const text = await tellHaproxy(socketPath, 'show stat api 4 -1')
      const [head = '', row = ''] = text.replace(/^# /, '').split('\n')
      return Number(row.split(',')[head.split(',').indexOf('wretr')]) >= 6
    }
    await until('it is tried again', retried)
    await plane.route(FRONT, await serveBackend(context, '7-1'))
    assert.equal(await ask(), '7-1')
    assert.deepEqual(await Promise.all(waiting), ['7-1', '7-1', '7-1'])
    await plane.letWait(FRONT, false)
    const state = await tellHaproxy(socketPath, 'show servers state api')
    assert.doesNotMatch(state, /rampart-nobody/, 'nothing is left of it')
  },
)

test('what a restart of HAProxy has forgotten can be told again', haproxy, async (context) => {
  const { plane, ask, child, folder, port, isUp } = await edge(context)
  const old = await serveBackend(context, 'old')
  await plane.route(FRONT, old)
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  await start(folder, port, context)
  await until('it is up', isUp)
  assert.equal(await ask(), '503')
  await plane.route(FRONT, old)
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
