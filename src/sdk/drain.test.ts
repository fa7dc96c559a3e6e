/** Real servers with real clients on open connections, drained while they are used. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, get, type Server, type ServerResponse } from 'node:http'
import { connect as connectHttp2, constants, createServer as createHttp2 } from 'node:http2'
import { type AddressInfo, connect, createServer as createTcp, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { drain } from './drain.ts'
import { listen } from './listen.ts'

const NEVER_MS = 600_000

async function serve(
  context: TestContext,
  answer: (response: ServerResponse, path: string) => unknown,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => answer(response, request.url ?? ''))
  const { addresses } = await listen(server, { port: 0 })
  context.after(() => server.closeAllConnections())
  return { server, port: (addresses[0] as AddressInfo).port }
}

/** A client that shows what comes over one raw connection. */
async function openRaw(context: TestContext, port: number): Promise<RawClient> {
  const socket = connect(port, '127.0.0.1')
  context.after(() => socket.destroy())
  await once(socket, 'connect')
  const client = { socket, text: '' }
  socket.setEncoding('latin1')
  socket.on('data', (piece) => {
    client.text += piece
  })
  return client
}

interface RawClient {
  readonly socket: Socket
  text: string
}

async function ask(client: RawClient, path = '/'): Promise<string> {
  client.text = ''
  client.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
  while (!client.text.includes('\r\n\r\nok')) await once(client.socket, 'data')
  return client.text
}

test('an idle connection stays open for one more request, and is then closed', async (context) => {
  const { server, port } = await serve(context, (response) => response.end('ok'))
  const client = await openRaw(context, port)
  assert.match(await ask(client), /connection: keep-alive/i)
  const drained = drain(server, { lingerMs: NEVER_MS, deadlineMs: NEVER_MS })
  while (server.listening) await new Promise(setImmediate)
  await assert.rejects(openRaw(context, port), /ECONNREFUSED/)
  const closed = once(client.socket, 'end')
  assert.match(await ask(client), /connection: close/i)
  await closed
  const outcome = await drained
  assert.deepEqual([outcome.verdict, outcome.cutCount], ['clean', 0])
})

test('an answer under way is told to close, and is sent whole', async (context) => {
  let held: ServerResponse | undefined
  const { server, port } = await serve(context, (response) => {
    held = response
  })
  const client = await openRaw(context, port)
  const asked = ask(client)
  await once(server, 'request')
  const drained = drain(server, { lingerMs: 0, deadlineMs: NEVER_MS })
  held?.end('ok')
  assert.match(await asked, /connection: close/i)
  assert.equal((await drained).verdict, 'clean')
})

test('an answer whose head was already sent goes on; its connection ends after it', async (context) => {
  let held: ServerResponse | undefined
  const { server, port } = await serve(context, (response) => {
    held = response
    response.write('begun ')
  })
  const client = await openRaw(context, port)
  client.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(client.socket, 'data')
  const drained = drain(server, { lingerMs: 0, deadlineMs: NEVER_MS })
  held?.end('ended')
  await once(client.socket, 'end')
  assert.match(client.text, /begun [\s\S]*ended/)
  assert.equal((await drained).verdict, 'clean')
})

test('connections that the system has accepted, but nobody here has yet, are served', async (context) => {
  const { server, port } = await serve(context, (response) => response.end('ok'))
  const sockets = Array.from({ length: 50 }, () => connect(port, '127.0.0.1'))
  context.after(() => sockets.forEach((socket) => void socket.destroy()))
  const answers = sockets.map(async (socket) => {
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    const pieces = await socket.setEncoding('latin1').toArray()
    return pieces.join('')
  })
  const outcome = await drain(server, { lingerMs: NEVER_MS, deadlineMs: NEVER_MS })
  for (const answer of await Promise.all(answers)) assert.match(answer, /^HTTP\/1.1 200/)
  assert.equal(outcome.verdict, 'clean')
})

test('after the linger, connections that are idle or were never used are closed', async (context) => {
  const { server, port } = await serve(context, (response) => response.end('ok'))
  const [used, unused] = [await openRaw(context, port), await openRaw(context, port)]
  await ask(used)
  const drained = drain(server, { lingerMs: 30, deadlineMs: NEVER_MS })
  assert.equal((await drained).verdict, 'clean')
  for (const { socket } of [used, unused]) {
    if (!socket.readableEnded) await once(socket, 'close')
  }
})

test('the deadline cuts what is still under way, and counts it', async (context) => {
  const { server, port } = await serve(context, () => 'never answers')
  const client = await openRaw(context, port)
  client.socket.on('error', () => 'It is cut off.')
  client.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(server, 'request')
  const outcome = await drain(server, { lingerMs: 0, deadlineMs: 30 })
  assert.deepEqual([outcome.verdict, outcome.cutCount], ['cut', 1])
})

test('draining twice is draining once; a server that never listened is drained at once', async (context) => {
  const { server } = await serve(context, (response) => response.end('ok'))
  assert.equal(drain(server), drain(server))
  assert.equal((await drain(server)).verdict, 'clean')
  assert.equal((await drain(createServer())).verdict, 'clean')
})

test('a server that was not watched is drained by the requests that still come', async (context) => {
  const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = await openRaw(context, (server.address() as AddressInfo).port)
  await ask(client)
  const drained = drain(server, { lingerMs: NEVER_MS, deadlineMs: NEVER_MS })
  assert.match(await ask(client), /connection: close/i)
  assert.equal((await drained).verdict, 'clean')
})

test('many requests in a row over kept connections never meet a closed one', async (context) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  context.after(() => agent.destroy())
  const { server, port } = await serve(context, (response) => response.end('ok'))
  let drained: Promise<unknown> | undefined
  const failures: unknown[] = []
  const client = async (): Promise<void> => {
    for (let count = 0; count < 200; count += 1) {
      if (count === 100) drained ??= drain(server, { lingerMs: NEVER_MS, deadlineMs: NEVER_MS })
      const error = await new Promise<Error | 'over' | undefined>((resolve) => {
        const request = get({ port, host: '127.0.0.1', agent }, (response) => {
          response.resume().once('end', () => resolve(undefined))
        })
        // A new connection is for whoever takes over, and here there is nobody.
        request.once('error', (refusal) => resolve(request.reusedSocket ? refusal : 'over'))
      })
      if (error === 'over') return
      if (error !== undefined) failures.push(error)
    }
  }
  await Promise.all(Array.from({ length: 8 }, client))
  assert.deepEqual(failures, [])
  await drained
})

test('HTTP/2 clients are told to go away, and streams under way end well', async (context) => {
  const server = createHttp2()
  const begun = once(server, 'stream')
  const { addresses } = await listen(server, { port: 0 })
  const client = connectHttp2(`http://127.0.0.1:${(addresses[0] as AddressInfo).port}`)
  context.after(() => client.destroy())
  const stream = client.request({ ':path': '/' })
  const [held] = await begun
  const goaway = once(client, 'goaway')
  const drained = drain(server, { lingerMs: 10, deadlineMs: NEVER_MS })
  assert.equal((await goaway)[0], constants.NGHTTP2_NO_ERROR)
  held.respond({ ':status': 200 })
  held.end('whole')
  const pieces = await stream.setEncoding('utf8').toArray()
  assert.equal(pieces.join(''), 'whole')
  assert.equal((await drained).verdict, 'clean')
})

test('an HTTP/2 stream that does not end is cut at the deadline', async (context) => {
  const server = createHttp2()
  const begun = once(server, 'stream')
  const { addresses } = await listen(server, { port: 0 })
  const client = connectHttp2(`http://127.0.0.1:${(addresses[0] as AddressInfo).port}`)
  context.after(() => client.destroy())
  client.on('error', () => 'It is cut off.')
  client.request({ ':path': '/' }).on('error', () => 'It is cut off.')
  await begun
  const outcome = await drain(server, { lingerMs: 0, deadlineMs: 30 })
  assert.deepEqual([outcome.verdict, outcome.cutCount], ['cut', 1])
})

test('WebSockets are closed with 1012, whoever upgraded them', async (context) => {
  const { server, port } = await serve(context, (response) => response.end('ok'))
  new WebSocketServer({ server })
  const client = new WebSocket(`ws://127.0.0.1:${port}`)
  await once(client, 'open')
  const closed = once(client, 'close')
  const outcome = await drain(server, { lingerMs: NEVER_MS, deadlineMs: NEVER_MS })
  assert.equal((await closed)[0], 1012)
  assert.equal(outcome.verdict, 'clean')
})

test('a service may close its upgraded connections in its own words', async (context) => {
  const { server, port } = await serve(context, (response) => response.end('ok'))
  const sockets = new WebSocketServer({ server })
  const client = new WebSocket(`ws://127.0.0.1:${port}`)
  await once(client, 'open')
  const closed = once(client, 'close')
  const closeUpgraded = (): void => {
    for (const socket of sockets.clients) socket.close(1012, 'back soon')
  }
  await drain(server, { lingerMs: NEVER_MS, deadlineMs: NEVER_MS, closeUpgraded })
  assert.equal(String((await closed)[1]), 'back soon')
})

test('a server that upgrades nothing goes on answering requests that ask for it', async (context) => {
  const { server, port } = await serve(context, (response) => response.end('ok'))
  const client = await openRaw(context, port)
  client.socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n')
  while (!client.text.includes('ok')) await once(client.socket, 'data')
  assert.match(client.text, /^HTTP\/1.1 200/)
  client.socket.end()
  await drain(server, { lingerMs: 0 })
})

test('connections of an unknown protocol are left alone until the deadline', async (context) => {
  const server = createTcp((socket) => {
    socket.on('error', () => 'It is cut off.')
    socket.on('data', (piece) => socket.write(piece))
  })
  const { addresses } = await listen(server, { port: 0 })
  const { port } = addresses[0] as AddressInfo
  const client = await openRaw(context, port)
  const drained = drain(server, { lingerMs: 0, deadlineMs: 200 })
  client.socket.write('still here')
  await once(client.socket, 'data')
  const outcome = await drained
  assert.deepEqual([outcome.verdict, outcome.cutCount], ['cut', 1])
})
