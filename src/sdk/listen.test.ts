/** Real processes that inherit real sockets, or are told a number. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../test/support/free-port.ts'
import { openSystemSockets } from '../ports/keeper/system-sockets.ts'
import { inheritedDescriptors } from './inherited-descriptors.ts'
import { listen } from './listen.ts'

const LISTENER = join(import.meta.dirname, 'fixtures/listener.ts')

/** A listening socket that this process never accepts on; its descriptor may be inherited. */
async function hold(context: TestContext, address: string): Promise<Held> {
  const sockets = await openSystemSockets()
  assert.ok('open' in sockets)
  const port = await freePort()
  const held = sockets.open({ protocol: 'tcp', address, port })
  assert.ok('fd' in held)
  context.after(() => sockets.close(held.fd))
  return { fd: held.fd, port }
}

interface Held {
  readonly fd: number
  readonly port: number
}

/** Runs the fixture with descriptors; a shell says for whom they are, as only it knows its pid. */
function start(
  context: TestContext,
  env: Readonly<Record<string, string>>,
  descriptors: readonly number[] = [],
): ChildProcess {
  const own = 'LISTEN_PID=$$ exec "$@"'
  const child = spawn('/bin/sh', ['-c', own, 'sh', process.execPath, LISTENER], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit', ...descriptors],
  })
  context.after(() => child.kill('SIGKILL'))
  return child
}

async function firstLine(child: ChildProcess): Promise<Listened> {
  assert.ok(child.stdout !== null)
  const [line] = await once(createInterface(child.stdout), 'line')
  return JSON.parse(line)
}

interface Listened {
  readonly by: string
  readonly ports: readonly number[]
  readonly hosts: readonly string[]
}

test('sockets are inherited by the name of their port, all of one name', async (context) => {
  const [other, four, six] = [
    await hold(context, '127.0.0.1'),
    await hold(context, '127.0.0.1'),
    await hold(context, '::1'),
  ]
  const env = { LISTEN_FDS: '3', LISTEN_FDNAMES: 'admin:http:http', NAME: 'http' }
  const child = start(context, env, [other.fd, four.fd, six.fd])
  assert.deepEqual(await firstLine(child), {
    by: 'descriptor',
    ports: [four.port, six.port],
    hosts: ['127.0.0.1', '::1'],
  })
  const answer = await fetch(`http://[::1]:${six.port}/`)
  assert.equal(await answer.text(), 'ok', 'what comes by the second socket is answered as well')
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  assert.deepEqual(await exited, [0, null])
})

test('a number is taken from the variable of its name first, then from PORT', async (context) => {
  const port = await freePort()
  const child = start(context, { PORT_HTTP: String(port), PORT: '1', NAME: 'http' })
  assert.deepEqual((await firstLine(child)).ports, [port])
})

test('descriptors for another process are not taken', () => {
  const env = { LISTEN_FDS: '2', LISTEN_FDNAMES: 'a:b', LISTEN_PID: '7' }
  assert.deepEqual(inheritedDescriptors(env, 8), [])
  assert.deepEqual(inheritedDescriptors({ ...env, LISTEN_PID: undefined }, 7), [])
  assert.deepEqual(inheritedDescriptors(env, 7), [
    { descriptor: 3, name: 'a' },
    { descriptor: 4, name: 'b' },
  ])
  assert.deepEqual(inheritedDescriptors({ LISTEN_FDS: '1', LISTEN_PID: '7' }, 7), [
    { descriptor: 3 },
  ])
  for (const count of ['-1', 'x', '0', '1.5', '']) {
    assert.deepEqual(inheritedDescriptors({ ...env, LISTEN_FDS: count }, 7), [])
  }
})

test('a port that is none is refused in words', async (context) => {
  process.env['PORT_ODD_ONE'] = '99999'
  context.after(() => delete process.env['PORT_ODD_ONE'])
  await assert.rejects(
    listen(createServer(), { name: 'odd-one' }),
    /PORT_ODD_ONE=99999 is not a port; set it to a number from 0 to 65535/,
  )
})

test('a port that is taken is refused in the words of the system', async (context) => {
  const { port } = await hold(context, '127.0.0.1')
  await assert.rejects(listen(createServer(), { port }), /EADDRINUSE/)
})
