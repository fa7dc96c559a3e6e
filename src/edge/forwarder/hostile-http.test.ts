/** Clients and backends that do not keep to the rules, or keep to their letter: one front before each. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../test/support/free-port.ts'
import { until } from '../../../test/support/until.ts'
import type { Backend } from '../../seams/data-plane.ts'
import { BackendPool } from './backend-pool.ts'
import { Forwarder } from './forwarder.ts'
import { createHttpFront } from './http-front.ts'

const FRONT = 'shop/api/http'
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'

interface World {
  readonly plane: Forwarder
  readonly backend: Backend
  readonly port: number
  /** All that the backend was sent, by connection. */
  readonly heard: string[]
  readonly sockets: Socket[]
}

/** A front before a backend that speaks bytes; `say` is called with all that a connection has sent. */
async function world(
  context: TestContext,
  say: (socket: Socket, heard: string) => unknown,
): Promise<World> {
  const heard: string[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    const at = sockets.push(socket) - 1
    heard[at] = ''
    socket.on('error', () => socket.destroy())
    socket.on('data', (piece) => {
      heard[at] += piece.toString('latin1')
      say(socket, heard[at] ?? '')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const plane = new Forwarder()
  const port = await freePort()
  await plane.open({ name: FRONT, mode: 'http', addresses: ['127.0.0.1'], port, waitMs: 1_000 })
  context.after(async () => {
    await plane.close(FRONT)
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port: behind } = server.address() as AddressInfo
  const backend = { id: 'one', address: '127.0.0.1', port: behind }
  await plane.route(FRONT, backend)
  return { plane, backend, port, heard, sockets }
}

/** What comes until it holds this, or until the other side ends. */
async function ask(port: number, text: string, enough = /\0/): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(text, 'latin1')
  let answer = ''
  for await (const piece of socket) {
    answer += (piece as Buffer).toString('latin1')
    if (enough.test(answer)) break
  }
  socket.destroy()
  return answer
}

test('where a body ends is known behind a thousand fields too', async (context) => {
  const { port, heard } = await world(context, (socket, text) => {
    if (text.endsWith('hello')) socket.write(OK)
  })
  const many = 'a:\r\n'.repeat(1_000)
  const head = `${GET}${many}Content-Length: 5\r\n${'b:\r\n'.repeat(10)}Connection: close\r\n\r\n`
  assert.match(await ask(port, `${head}hello`), /^HTTP\/1.1 200/)
  assert.equal(heard.length, 1)
})

test('an answer with very many fields comes whole', async (context) => {
  const { port } = await world(context, (socket) => {
    socket.write(OK.replace('\r\n', `\r\n${'a:\r\n'.repeat(1_100)}Set-Cookie: kept=1\r\n`))
  })
  assert.match(await ask(port, `${GET}Connection: close\r\n\r\n`), /Set-Cookie: kept=1\r\n/)
})

test('requests that could be read in two ways reach nobody', async (context) => {
  const { port, heard } = await world(context, (socket) => socket.write(OK))
  const websocket = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
  const odd = [
    [`${GET}Host: b\r\n\r\n`, /^HTTP\/1.1 400 /],
    [`${GET}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, /^HTTP\/1.1 501 /],
    [`${GET}${websocket}Content-Length: 5\r\n\r\nhello`, /^HTTP\/1.1 400 /],
    [`${GET}${websocket}Host: b\r\n\r\n`, /^HTTP\/1.1 400 /],
  ] as const
  for (const [text, expected] of odd) assert.match(await ask(port, text), expected, text)
  assert.deepEqual(heard, [])
})

test('answers that are none become a 502, and the front goes on', async (context) => {
  let answer = ''
  const { port } = await world(context, (socket) => socket.end(answer, 'latin1'))
  const odd = [
    'HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nhi',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
    `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    'no HTTP at all\r\n',
  ]
  for (const one of odd) {
    answer = one
    assert.match(await ask(port, `${GET}\r\n`), /^HTTP\/1.1 502 /, one.slice(0, 40))
  }
  answer = 'HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\nhi'
  assert.match(await ask(port, `${GET}\r\n`, /hi$/), /^HTTP\/1.1 (200 OK|502)/)
})

test('early hints come through, and what is no link is left out', async (context) => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload, </b.js>; rel="x"\r\n'
  const { port } = await world(context, (socket) => {
    socket.write(`${hints}Link: nonsense\r\n\r\n${OK}`)
  })
  const answer = await ask(port, `${GET}\r\n`, /hi$/)
  assert.match(
    answer,
    /^HTTP\/1.1 103 [^\n]*\nLink: <\/a.css>; rel=preload, <\/b.js>; rel="x"\r\n\r\n/,
  )
  assert.doesNotMatch(answer, /nonsense/)
  // Who speaks 1.0 would take them for the answer.
  assert.match(await ask(port, 'GET / HTTP/1.0\r\n\r\n'), /^HTTP\/1.1 200/)
})

test('an answer before the end of the request leaves no connection behind', async (context) => {
  const { plane, backend, port, sockets } = await world(context, (socket) => {
    if (socket.bytesWritten === 0) socket.write(OK.replace('200 OK', '401 No'))
  })
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n'
  assert.match(await ask(port, head), /^HTTP\/1.1 401 [\s\S]*hi$/)
  await until('nothing is in flight', async () => (await plane.inFlight(FRONT, backend)) === 0)
  await until('all are closed', () => sockets.every(({ closed }) => closed))
})

test('requests of one connection are done in their order, one at a time', async (context) => {
  const { plane, backend, port, heard } = await world(context, (socket, text) => {
    const [path = ''] = /\/\w+(?= HTTP)/.exec(text.slice(text.lastIndexOf('POST '))) ?? []
    setImmediate(() => socket.write(OK.replace('hi', path)))
  })
  const post = (path: string) => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`
  const answer = await ask(port, post('/a') + post('/b') + post('/c'), /\/c$/)
  assert.deepEqual(answer.match(/\/\w$|\/\w(?=HTTP)/g), ['/a', '/b', '/c'])
  assert.equal(heard.length, 1)
  await until('nothing is in flight', async () => (await plane.inFlight(FRONT, backend)) === 0)
})

test('who leaves with requests waiting leaves nothing in flight', async (context) => {
  const { plane, backend, port, heard } = await world(context, () => undefined)
  const client = connect(port, '127.0.0.1')
  client.write(`${GET}\r\n`.repeat(5))
  await until('it is heard', () => heard.length > 0)
  client.destroy()
  await until('nothing is in flight', async () => (await plane.inFlight(FRONT, backend)) === 0)
})

test('who asks on and on without taking answers loses the connection', async (context) => {
  const { port, heard } = await world(context, () => undefined)
  const client = connect(port, '127.0.0.1')
  client.on('error', () => client.destroy())
  client.write(`${GET}\r\n`.repeat(500))
  await once(client, 'close')
  assert.ok(heard.length <= 1)
})

test('what comes with the request for a WebSocket, and with its answer, comes through', async (context) => {
  const agreed = 'HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst'
  const { port } = await world(context, (socket, text) => {
    if (text.endsWith('early')) socket.write('second')
    else if (socket.bytesWritten === 0) socket.write(agreed)
  })
  const head = `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly`
  assert.match(await ask(port, head, /firstsecond$/), /^HTTP\/1.1 101 Yes\r\n[\s\S]*firstsecond$/)
})

test('a WebSocket that is declined is over, and carries nothing to the backend', async (context) => {
  const { plane, backend, port, heard } = await world(context, (socket) => {
    if (socket.bytesWritten === 0)
      socket.write('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno')
  })
  const head = `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
  const smuggled = 'GET /secret HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n'
  const answer = await ask(port, head + smuggled)
  assert.match(answer, /^HTTP\/1.1 426 [\s\S]*Connection: close\r\n\r\nno$/)
  assert.doesNotMatch(heard.join(), /secret/)
  await until('nothing is in flight', async () => (await plane.inFlight(FRONT, backend)) === 0)
})

test('a WebSocket whose backend breaks off before it agrees is a 502', async (context) => {
  const { plane, backend, port } = await world(context, (socket) => socket.destroy())
  const head = `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
  assert.match(await ask(port, head), /^HTTP\/1.1 502 /)
  await until('nothing is in flight', async () => (await plane.inFlight(FRONT, backend)) === 0)
})

test('a head that never ends is waited for only so long', () => {
  const pool = new BackendPool({ waitMs: 1, waitingMax: 1 })
  const definition = { name: FRONT, mode: 'http', addresses: ['127.0.0.1'], port: 1 } as const
  const parts = { definition, pool, mayConnect: undefined, onRefused: () => undefined }
  // Node looks only twice a minute, which is too long to be tried here.
  assert.equal(createHttpFront(parts).headersTimeout, 10_000)
})

test('what only a front may tell a backend goes no further, also as a trailer or spelt otherwise', async (context) => {
  const { port, heard } = await world(context, (socket, text) => {
    if (text.endsWith('0\r\n\r\n') || /\r\nkept: 1\r\n\r\n$/i.test(text)) socket.write(OK)
  })
  const names = ['Client-Cert', 'client_cert', 'CLIENT-CERT-CHAIN', 'X_Forwarded-Client_Cert']
  const forged = names.map((name) => `${name}: forged\r\n`).join('')
  const head = `POST / HTTP/1.1\r\nHost: a\r\n${forged}X-Forwarded_Proto: forged\r\nx_own: kept\r\n`
  const trailer = 'Trailer: client_cert, Kept\r\nTransfer-Encoding: chunked\r\n\r\n'
  const answer = await ask(port, `${head}${trailer}1\r\na\r\n0\r\n${forged}Kept: 1\r\n\r\n`, /hi$/)
  assert.match(answer, /^HTTP\/1\.1 200/)
  assert.doesNotMatch(heard[0] ?? '', /forged/)
  assert.match(heard[0] ?? '', /\r\nx_own: kept\r\n/)
  assert.match(heard[0] ?? '', /\r\nKept: 1\r\n/)
})
