/** A real front before real servers: chosen, moved, refused, restarted and killed. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  type AddressInfo,
  connect,
  createServer as createTcp,
  type Server,
  type Socket,
} from 'node:net'
import { type TestContext, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { freePort } from '../../../test/support/free-port.ts'
import type { Backend } from '../../seams/data-plane.ts'
import { Forwarder } from './forwarder.ts'
import type { FrontDefinition, MayConnect } from './front.ts'

const FRONT = 'shop/api/http'

async function openFront(
  context: TestContext,
  mode: FrontDefinition['mode'],
  given: { readonly mayConnect?: MayConnect; readonly waitMs?: number } = {},
): Promise<{ readonly plane: Forwarder; readonly port: number; readonly url: string }> {
  const { mayConnect, waitMs = 5_000 } = given
  const plane = new Forwarder(mayConnect === undefined ? {} : { mayConnect })
  const port = await freePort()
  await plane.open({ name: FRONT, mode, addresses: ['127.0.0.1'], port, waitMs })
  context.after(() => plane.close(FRONT))
  return { plane, port, url: `http://127.0.0.1:${port}/` }
}

async function backendOf(context: TestContext, id: string, server: Server): Promise<Backend> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { id, address: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

async function answering(context: TestContext, id: string): Promise<Backend> {
  const server = createServer((_, response) => response.end(id))
  context.after(() => server.closeAllConnections())
  return backendOf(context, id, server)
}

/** Sends bytes as they are, and gives all that comes until the other side ends. */
async function raw(port: number, text: string, ends = false): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.write(text, 'latin1')
  if (ends) socket.end()
  const pieces: Buffer[] = []
  for await (const piece of socket) pieces.push(piece)
  socket.destroy()
  return Buffer.concat(pieces).toString('latin1')
}

for (const mode of ['tcp', 'http'] as const) {
  test(`with ${mode}, traffic goes where it is routed and leaves what drains`, async (context) => {
    const { plane, url } = await openFront(context, mode)
    const [old, next] = [await answering(context, 'old'), await answering(context, 'next')]
    await plane.route(FRONT, old)
    const ask = async (): Promise<string> => {
      const response = await fetch(url, { headers: { connection: 'close' } })
      return response.text()
    }
    assert.equal(await ask(), 'old')
    await plane.route(FRONT, next)
    await plane.drain(FRONT, old)
    await plane.drain(FRONT, old)
    assert.equal(await ask(), 'next')
    assert.deepEqual(
      (await plane.backends(FRONT)).map(({ id, state }) => [id, state]),
      [
        ['old', 'draining'],
        ['next', 'routed'],
      ],
    )
    await plane.remove(FRONT, old)
    await plane.remove(FRONT, old)
    assert.equal(await plane.inFlight(FRONT, old), 0)
  })

  test(`with ${mode}, a dead backend is passed over, and a gap is only a pause`, async (context) => {
    const { plane, url } = await openFront(context, mode)
    await plane.route(FRONT, { id: 'dead', address: '127.0.0.1', port: await freePort() })
    const asked = fetch(url, { method: 'POST', body: 'once' })
    await plane.route(FRONT, await answering(context, 'live'))
    assert.equal(await (await asked).text(), 'live')
  })
}

test('with http, what is under way is counted exactly and remove cuts it', async (context) => {
  const { plane, url } = await openFront(context, 'http')
  const server = createServer()
  const backend = await backendOf(context, 'slow', server)
  await plane.route(FRONT, backend)
  const begun = once(server, 'request')
  const first = fetch(url)
  const [, response] = (await begun) as [IncomingMessage, ServerResponse]
  assert.equal(await plane.inFlight(FRONT, backend), 1)
  response.end('done')
  assert.equal(await (await first).text(), 'done')
  while ((await plane.inFlight(FRONT, backend)) !== 0) await new Promise(setImmediate)
  const again = once(server, 'request')
  const second = assert.rejects(fetch(url))
  await again
  await plane.remove(FRONT, backend)
  await second
})

test('with http, nobody to serve is a 503 after the wait', async (context) => {
  const { url } = await openFront(context, 'http', { waitMs: 20 })
  assert.equal((await fetch(url)).status, 503)
})

test('with http, a request that a backend has seen is never sent again', async (context) => {
  const { plane, url } = await openFront(context, 'http')
  let seen = 0
  for (const id of ['one', 'other']) {
    const server = createServer((request) => {
      seen += 1
      request.socket.destroy()
    })
    await plane.route(FRONT, await backendOf(context, id, server))
  }
  assert.equal((await fetch(url, { method: 'POST', body: 'x' })).status, 502)
  assert.equal(seen, 1)
})

test('with http, messages that could be read in two ways are refused', async (context) => {
  const { plane, port } = await openFront(context, 'http')
  let seen = 0
  const server = createServer((_, response) => {
    seen += 1
    response.end()
  })
  await plane.route(FRONT, await backendOf(context, 'one', server))
  const heads = [
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
    'GET http://other/ HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
  ]
  for (const head of heads) assert.match(await raw(port, head), /^HTTP\/1.1 400/, head)
  assert.equal(seen, 0)
})

test('with http, forged fields of the client and of the hop do not go on', async (context) => {
  const { plane, port } = await openFront(context, 'http')
  const server = createServer(({ headers }, response) => response.end(JSON.stringify(headers)))
  await plane.route(FRONT, await backendOf(context, 'one', server))
  const head =
    'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.9\r\nX-Hop: 1\r\n' +
    'Upgrade: h2c\r\nConnection: close, X-Hop, Host\r\n\r\n'
  const answer = await raw(port, head)
  assert.match(answer, /"host":"a"/)
  assert.match(answer, /"x-forwarded-for":"127.0.0.1"/)
  assert.doesNotMatch(answer, /x-hop|h2c|9\.9\.9\.9/)
})

test('with http, HEAD, 100-continue and trailers come through', async (context) => {
  const { plane, port } = await openFront(context, 'http')
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      if (request.method === 'POST') response.writeHead(200, { Trailer: 'X-Sum' })
      response.write('body')
      if (request.method === 'POST') response.addTrailers({ 'X-Sum': '7' })
      response.end()
    })
  })
  await plane.route(FRONT, await backendOf(context, 'one', server))
  const close = 'Host: a\r\nConnection: close\r\n'
  const post = `POST / HTTP/1.1\r\n${close}Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab`
  const answer = await raw(port, post)
  assert.match(answer, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200/)
  assert.match(answer, /X-Sum: 7\r\n\r\n$/)
  assert.match(await raw(port, `HEAD / HTTP/1.1\r\n${close}\r\n`), /^HTTP\/1.1 200[\s\S]*\r\n\r\n$/)
})

test('with http, a WebSocket is carried and counted until it closes', async (context) => {
  const { plane, port } = await openFront(context, 'http')
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (text) => socket.send(String(text))))
  const backend = await backendOf(context, 'one', server)
  await plane.route(FRONT, backend)
  const client = new WebSocket(`ws://127.0.0.1:${port}/`)
  await once(client, 'open')
  client.send('there and back')
  assert.equal(String((await once(client, 'message'))[0]), 'there and back')
  assert.equal(await plane.inFlight(FRONT, backend), 1)
  client.close()
  await once(client, 'close')
  while ((await plane.inFlight(FRONT, backend)) !== 0) await new Promise(setImmediate)
})

test('with tcp, the end of one direction leaves the other open', async (context) => {
  const { plane, port } = await openFront(context, 'tcp')
  const server = createTcp({ allowHalfOpen: true }, async (socket) => {
    const pieces: Buffer[] = []
    for await (const piece of socket) pieces.push(piece)
    socket.end(`${Buffer.concat(pieces).length} bytes`)
  })
  await plane.route(FRONT, await backendOf(context, 'one', server))
  assert.equal(await raw(port, 'x'.repeat(3_000_000), true), '3000000 bytes')
})

test('a client who may not connect is refused, and reaches nobody', async (context) => {
  const mayConnect: MayConnect = ({ token }) =>
    token === 'right' ? { allowed: true } : { allowed: false, sentence: 'no token of shop/web' }
  const { plane, url } = await openFront(context, 'http', { mayConnect })
  await plane.route(FRONT, await answering(context, 'one'))
  const refused = await fetch(url)
  assert.deepEqual([refused.status, await refused.text()], [403, 'no token of shop/web\n'])
  const allowed = await fetch(url, { headers: { authorization: 'Bearer right' } })
  assert.equal(await allowed.text(), 'one')
  assert.equal(plane.counts(FRONT)?.refused, 1)
})

test('a judge who cannot tell refuses, with tcp by a reset', async (context) => {
  const mayConnect: MayConnect = () => Promise.reject(new RangeError('the kernel is silent'))
  const { plane, port } = await openFront(context, 'tcp', { mayConnect })
  await plane.route(FRONT, await answering(context, 'one'))
  await assert.rejects(raw(port, 'GET / HTTP/1.1\r\n\r\n'), /ECONNRESET|EPIPE/)
})

test('a front that cannot be had, or is not there, is a fault in words', async (context) => {
  const { plane, port } = await openFront(context, 'tcp')
  const again = { name: 'shop/web/http', mode: 'tcp', addresses: ['127.0.0.1'], port } as const
  await assert.rejects(plane.open(again), /cannot listen: .*EADDRINUSE/)
  const backend = { id: 'a', address: '127.0.0.1', port }
  await assert.rejects(plane.route('shop/web/http', backend), /there is no such front/)
})

for (const mode of ['tcp', 'http'] as const) {
  test(`with ${mode}, a mistake of ours costs a client its connection, and is told of once`, async (context) => {
    const told: string[] = []
    const plane = new Forwarder({
      mayConnect: async () => ({ allowed: false, sentence: 'no' }),
      onRefused: () => {
        throw new TypeError('it broke')
      },
      onTrouble: (front, sentence) => told.push(`${front}: ${sentence}`),
    })
    const port = await freePort()
    await plane.open({ name: FRONT, mode, addresses: ['127.0.0.1'], port })
    context.after(() => plane.close(FRONT))
    for (let count = 0; count < 2; count += 1) {
      const cut = raw(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').catch(String)
      assert.doesNotMatch(await cut, /HTTP/)
    }
    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /^shop\/api\/http: a client was cut off .*TypeError: it broke at /)
  })
}
