import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { readTlsInput } from '../connection/tls-input.ts'
import { InputReader } from '../input/input-reader.ts'
import { exchange } from './exchange.ts'

async function serve(t: TestContext, listener: RequestListener): Promise<URL> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.closeAllConnections())
  t.after(() => server.close())
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

const tls = readTlsInput(new InputReader({}))

test('gives status, headers, body and the address that answered', async (t) => {
  const url = await serve(t, (_, response) => response.writeHead(503, { 'x-a': 'b' }).end('no'))
  const request = { url, method: 'GET', headers: {} }
  const seen = await exchange(request, { tls, bodyBytesMax: 100 }, AbortSignal.timeout(60_000))
  assert.equal(seen.status, 503)
  assert.equal(seen.headers['x-a'], 'b')
  assert.equal(seen.body, 'no')
  assert.equal(seen.connected?.address, '127.0.0.1')
  assert.equal(seen.failure, undefined)
})

test('stops reading a body that is over its limit, and says so', async (t) => {
  const url = await serve(t, (_, response) => response.end('x'.repeat(10_000)))
  const request = { url, method: 'GET', headers: {} }
  const seen = await exchange(request, { tls, bodyBytesMax: 100 }, AbortSignal.timeout(60_000))
  assert.equal(seen.failure, 'TOO_LARGE')
})

test('ends when it is aborted, although the server never answers', async (t) => {
  const asked = Promise.withResolvers<void>()
  const url = await serve(t, () => asked.resolve())
  const stop = new AbortController()
  const request = { url, method: 'GET', headers: {} }
  const seen = exchange(request, { tls, bodyBytesMax: 100 }, stop.signal)
  await asked.promise
  stop.abort()
  assert.notEqual((await seen).failure, undefined)
})
