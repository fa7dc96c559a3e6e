import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../test/support/free-port.ts'
import { requirePart } from '../../../test/support/require-part.ts'
import type { SeenBy } from './trials.ts'
import { type Outcome, tryConnect } from './try-connect.ts'

const root = requirePart('root', process.getuid?.() === 0, 'sudo npm test')

async function tried(t: TestContext, server: Server, seenBy: SeenBy): Promise<Outcome> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return await tryPort((server.address() as AddressInfo).port, seenBy)
}

async function tryPort(port: number, seenBy: SeenBy): Promise<Outcome> {
  const whom = { to: 'shop/api http', who: 'a stranger', isAllowed: false, user: 65_534 }
  return await tryConnect({ ...whom, address: '127.0.0.1', port, seenBy })
}

test('a connection that the kernel makes is let in, unless a front closes it', root, async (t) => {
  const closing = (): Server => createServer((socket) => socket.destroy())
  const keeping = createServer((socket) => socket.on('error', () => socket.destroy()).resume())
  const outcomes = await Promise.all([
    tried(t, closing(), 'kernel'),
    tried(t, closing(), 'tcp'),
    tried(t, keeping, 'tcp'),
  ])
  assert.deepEqual(
    outcomes.map(({ what }) => what),
    ['let in', 'refused', 'let in'],
  )
})

test('an HTTP front refuses with 403, and lets in with any other answer', root, async (t) => {
  const answering = (status: number): Server =>
    createHttpServer((_, response) => response.writeHead(status).end())
  const silent = createServer((socket) => socket.on('error', () => socket.destroy()).resume())
  const outcomes = await Promise.all([
    tried(t, answering(403), 'http'),
    tried(t, answering(404), 'http'),
    tried(t, silent, 'http'),
  ])
  assert.deepEqual(
    outcomes.map(({ what }) => what),
    ['refused', 'let in', 'unclear'],
  )
})

test('where nobody listens the system’s own word is told', root, async () => {
  assert.deepEqual(await tryPort(await freePort(), 'kernel'), {
    what: 'refused',
    why: 'ECONNREFUSED',
  })
})
