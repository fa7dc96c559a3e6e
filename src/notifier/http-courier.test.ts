/** Messages get where they may, in bounded time, whatever the receiver does; and nowhere else. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { isFault } from '../core/fault/fault.ts'
import type { Receipt } from '../seams/courier.ts'
import { HttpCourier } from './http-courier.ts'
import { parseReach, Reach } from './reach.ts'

const LOOPBACK = { mayReach: ['127.0.0.0/8', '::1'], timeoutMs: 20_000 }

/** For what never answers. */
const IMPATIENT = { ...LOOPBACK, timeoutMs: 400 }

async function receiver(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`
}

async function deliver(t: TestContext, url: string, options: object = LOOPBACK): Promise<Receipt> {
  const courier = new HttpCourier(options)
  t.after(() => courier.close())
  return await courier.deliver({ url, headers: { 'x-a': 'b' }, body: '{}' })
}

function sentenceOf(receipt: Receipt): string {
  return receipt.verdict === 'refused' ? receipt.sentence : 'accepted'
}

test('accepts any 2xx, and nothing else', async (t) => {
  for (const status of [200, 202, 204]) {
    const url = await receiver(t, (_, response) => void response.writeHead(status).end())
    assert.deepEqual(await deliver(t, url), { verdict: 'accepted' })
  }
  const busy = await receiver(t, (_, response) =>
    response.writeHead(503, { 'retry-after': '7' }).end(),
  )
  const waiting = { isFinal: false, waitMs: 7_000, sentence: 'It was answered with 503.' }
  assert.deepEqual(await deliver(t, busy), { verdict: 'refused', ...waiting })
  const gone = await receiver(t, (_, response) => response.writeHead(410).end())
  const receipt = await deliver(t, gone)
  assert.equal(receipt.verdict === 'refused' && receipt.isFinal, true)
})

test('follows no redirect', async (t) => {
  let reached = 0
  const inside = await receiver(t, (_, response) => {
    reached += 1
    response.end()
  })
  const url = await receiver(t, (_, response) =>
    response.writeHead(307, { location: inside }).end(),
  )
  assert.match(sentenceOf(await deliver(t, url)), /redirect \(307\), which is not followed/)
  assert.equal(reached, 0)
})

test('waits only so long for what hangs, and reads only so much of what never ends', async (t) => {
  const hanging = await receiver(t, () => undefined)
  assert.equal(
    sentenceOf(await deliver(t, hanging, IMPATIENT)),
    'There was no answer within 0.4 s.',
  )
  const endless = await receiver(t, (_, response) => {
    const drip = (): void => {
      if (!response.destroyed) response.write('x'.repeat(65_536), drip)
    }
    response.writeHead(200)
    drip()
  })
  assert.deepEqual(await deliver(t, endless), { verdict: 'accepted' })
  const dripping = createNetServer((socket: Socket) => {
    const timer = setInterval(() => socket.write('H'), 50)
    socket.on('error', () => undefined).on('close', () => clearInterval(timer))
  }).listen(0, '127.0.0.1')
  await once(dripping, 'listening')
  t.after(() => dripping.close())
  const { port } = dripping.address() as AddressInfo
  assert.notEqual(sentenceOf(await deliver(t, `http://127.0.0.1:${port}/`, IMPATIENT)), 'accepted')
})

test('never says the address', async (t) => {
  const url = 'http://127.0.0.1:1/secret-path?token=planted'
  const receipt = await deliver(t, url)
  assert.match(sentenceOf(receipt), /^There was no answer \(ECONNREFUSED\)\.$/)
})

test('connects to no private address, by whatever name it goes', async (t) => {
  let reached = 0
  const url = await receiver(t, (_, response) => {
    reached += 1
    response.end()
  })
  const { port } = new URL(url)
  const ways = [
    '127.0.0.1',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0x7f.1',
    '2130706433',
    '0',
  ]
  for (const host of ways) {
    const receipt = await deliver(t, `http://${host}:${port}/`, { timeoutMs: 20_000 })
    assert.match(sentenceOf(receipt), /is an address that webhooks may not reach/, host)
  }
  assert.equal(reached, 0)
  assert.equal(sentenceOf(await deliver(t, `http://localhost:${port}/`)), 'accepted')
})

test('tells beforehand what may not be reached', async (t) => {
  const courier = new HttpCourier()
  t.after(() => courier.close())
  assert.match((await courier.refusal('http://169.254.169.254/latest')) ?? '', /may not reach/)
  assert.match((await courier.refusal('http://localhost/x')) ?? '', /may not reach/)
  assert.equal(await courier.refusal('https://192.0.78.9/x'), undefined)
  assert.match((await courier.refusal('file:///etc/passwd')) ?? '', /not of HTTP/)
  assert.match((await courier.refusal('https://a:b@example.org/')) ?? '', /a name or a password/)
  assert.match((await courier.refusal('hello')) ?? '', /no URL/)
})

test('knows private addresses, also those within others', () => {
  const reach = new Reach()
  const inside = [
    ...['10.1.2.3', '172.31.0.1', '192.168.0.1', '100.64.0.1', '169.254.169.254', '0.0.0.0'],
    ...['::', '::1', 'fe80::1', 'fd00:ec2::254', '::ffff:10.0.0.1', '64:ff9b::a00:1'],
    ...['2002:7f00:1::', '255.255.255.255', '224.0.0.1', 'ff02::1', 'not an address', ''],
  ]
  for (const address of inside) assert.equal(reach.may(address), false, address)
  for (const address of ['1.1.1.1', '2606:4700::1111', '64:ff9b::101:101', '::ffff:8.8.8.8']) {
    assert.equal(reach.may(address), true, address)
  }
  const opened = new Reach(parseReach('10.0.0.0/8, fd00::/8'))
  assert.equal(opened.may('10.1.2.3'), true)
  assert.equal(opened.may('::ffff:10.1.2.3'), true)
  assert.equal(opened.may('192.168.0.1'), false)
  assert.throws(
    () => parseReach('10.0.0.0/99'),
    (error) => isFault(error, 'request-malformed'),
  )
  assert.equal(new Reach(parseReach('everything')).may('127.0.0.1'), true)
})
