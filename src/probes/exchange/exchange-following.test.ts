import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { InputReader } from '../input/input-reader.ts'
import { exchangeFollowing } from './exchange-following.ts'
import { readExpectation } from './expectation.ts'

/** Redirects from `/<status>` to the target, and writes down what comes. */
async function open(t: TestContext, target: string): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = []
  const server = createServer(async (request, response) => {
    const { authorization = 'nobody' } = request.headers
    seen.push(`${request.method} ${request.url} ${authorization} ${await text(request)}`)
    const status = Number(request.url?.slice(1))
    if (Number.isNaN(status)) response.end()
    else response.writeHead(status, { location: target }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

async function post(url: string): Promise<void> {
  const headers = { authorization: 'me' }
  const reader = new InputReader({ url, method: 'POST', followRedirects: 3, headers })
  const expectation = readExpectation(reader)
  assert.equal(reader.mistake, undefined)
  const facts = await exchangeFollowing(expectation, { body: 'b' }, AbortSignal.timeout(60_000))
  assert.equal(facts.exchange.status, 200)
}

test('a body goes with a redirect that keeps the method, and with no other', async (t) => {
  const { url, seen } = await open(t, '/end')
  for (const status of [301, 302, 303, 307, 308]) await post(`${url}/${status}`)
  const ends = seen.filter((line) => line.includes('/end'))
  assert.deepEqual(ends, [...Array(3).fill('GET /end me '), 'POST /end me b', 'POST /end me b'])
})

test('nothing that the contract sends goes to another origin', async (t) => {
  const other = await open(t, '/end')
  const { url } = await open(t, `${other.url}/end`)
  await post(`${url}/307`)
  assert.deepEqual(other.seen, ['POST /end nobody '])
})
