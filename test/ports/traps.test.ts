/** What goes wrong with ports in the world: each is met, and has a clear answer. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { Holding } from '../../src/ports/holding.ts'
import { PortKernel } from '../../src/ports/kernel/port-kernel.ts'
import { LinuxKernel } from '../../src/runtimes/process/kernel/linux.ts'
import { until } from '../support/until.ts'
import { granted, Listener, makePortBench, policyOf, wish } from './workbench.ts'

const kernel = new PortKernel(new LinuxKernel())

function identify(pid: number) {
  return kernel.identify(pid) ?? assert.fail(`${pid} lives`)
}

test('a port that an outgoing connection has is refused, and the connection named', async (context) => {
  const bench = makePortBench(context)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: to } = server.address() as AddressInfo
  const client = connect(to, '127.0.0.1')
  await once(client, 'connect')
  const holding = new Holding({
    folder: join(bench.folder, 'ports'),
    kernel,
    onLost: () => undefined,
  })
  context.after(() => {
    client.destroy()
    server.close()
    holding.close()
  })
  const claim = { protocol: 'tcp', addresses: ['127.0.0.1'], port: client.localPort ?? 0 } as const
  const [outcome] = await holding.hold([{ id: 'one', claim }])
  assert.ok(outcome !== undefined && 'error' in outcome)
  assert.match(holding.whyNot(claim, outcome.error).sentence ?? '', /A connection that went out/)
})

test('a port inside the ephemeral range is refused with the way out', async (context) => {
  const broker = await makePortBench(context).open()
  const refused = await broker.claim([wish('shop/api', { port: 40_001 })])
  assert.ok(refused.verdict === 'refused')
  assert.equal(refused.reason, 'ephemeral')
  assert.match(refused.sentence, /32768-60999.*ip_local_reserved_ports/)
})

test('a stale owner whose number somebody else has now is dead all the same', async (context) => {
  const broker = await makePortBench(context).open()
  const [lease] = granted(await broker.claim([wish('shop/api')]))
  const other = new Listener(context)
  // It lives, but began at another time than the one that the lease was given to.
  await broker.assign(lease?.id ?? '', { ...identify(other.pid), started: '1' })
  await until('it cools', () => broker.leases()[0]?.state === 'cooling')
  assert.match(broker.leases()[0]?.because ?? '', new RegExp(`${other.pid} has ended`))
})

test('a stranger on the other family of localhost is named, not ignored', async (context) => {
  const broker = await makePortBench(context).open()
  const [lease] = granted(await broker.claim([wish('shop/api')]))
  assert.ok(lease !== undefined)
  const [owner, thief] = [new Listener(context), new Listener(context)]
  await broker.letGo([lease.id])
  assert.equal(await thief.listen(lease.claim.port, '::1'), 'listening')
  assert.equal(await owner.listen(lease.claim.port, '127.0.0.1'), 'listening')
  await broker.assign(lease.id, identify(owner.pid))
  await until('it is stolen', () => broker.leases()[0]?.state === 'stolen')
  const { thief: named } = broker.leases()[0] ?? {}
  assert.deepEqual([named?.pid, named?.address], [thief.pid, '::1'])
})

test('a number that two have, by TCP and by UDP, is no stranger to either', async (context) => {
  const broker = await makePortBench(context).open()
  const listener = new Listener(context)
  const [tcp] = granted(await broker.claim([wish('shop/api')]))
  const { port } = tcp?.claim ?? assert.fail('one was asked for')
  const [udp] = granted(await broker.claim([wish('shop/dns', { port, protocol: 'udp' })]))
  await broker.letGo([tcp?.id ?? '', udp?.id ?? ''])
  const socket = createSocket('udp4').bind(port, '127.0.0.1')
  context.after(() => socket.close())
  await once(socket, 'listening')
  assert.equal(await listener.listen(port), 'listening')
  await broker.assign(tcp?.id ?? '', identify(listener.pid))
  await broker.assign(udp?.id ?? '', identify(process.pid))
  await until('both are ready', () => broker.leases().every(({ state }) => state === 'ready'))
  const { sentences } = await broker.story(port)
  assert.doesNotMatch(sentences.join('\n'), /without a lease/)
})

test('nobody listens on every address over a port that is held on one, and the other way round', async (context) => {
  const broker = await makePortBench(context).open()
  const [lease] = granted(await broker.claim([wish('a', { port: 21_611 })]))
  const stranger = new Listener(context)
  assert.equal(await stranger.listen(lease?.claim.port ?? 0, '0.0.0.0'), 'EADDRINUSE')
  const wide = await broker.claim([wish('b', { port: 21_611, addresses: ['0.0.0.0'] })])
  assert.match(wide.verdict === 'refused' ? wide.sentence : '', /held by a http/)
  assert.equal(await stranger.listen(21_612, '0.0.0.0'), 'listening')
  const narrow = await broker.claim([wish('c', { port: 21_612 })])
  assert.ok(narrow.verdict === 'refused')
  assert.match(narrow.sentence, new RegExp(`process ${stranger.pid} .* listens on 0.0.0.0`))
})

test('a port whose server left connections in TIME_WAIT is held at once', async (context) => {
  const broker = await makePortBench(context).open()
  const server = createServer((socket) => socket.end()).listen(21_621, '127.0.0.1')
  await once(server, 'listening')
  const client = connect(21_621, '127.0.0.1').resume()
  await once(client, 'close')
  await new Promise((resolve) => server.close(resolve))
  const { sentences } = await broker.story(21_621)
  assert.ok(
    sentences.some((one) => one.includes('TIME_WAIT')),
    sentences.join('\n'),
  )
  const [lease] = granted(await broker.claim([wish('shop/api', { port: 21_621 })]))
  assert.equal(lease?.state, 'held')
})

test('a full pool says who has how much of it, and when the next one ends', async (context) => {
  const policies = [policyOf({ first: 21_631, last: 21_633 })]
  const broker = await makePortBench(context).open({ policies })
  granted(await broker.claim([wish('shop/api'), wish('shop/web'), wish('shop/db')]))
  const full = await broker.claim([wish('shop/more')])
  assert.ok(full.verdict === 'refused')
  assert.equal(full.reason, 'range-full')
  assert.match(
    full.sentence,
    /21631-21633 \(range web of shop\).*shop\/api has 1.*the next ends at/,
  )
})

test('a tenant and a service get no more than their share, whatever comes at once', async (context) => {
  const policies = [policyOf({ first: 21_641, last: 21_660, perTenant: 3, perService: 2 })]
  const broker = await makePortBench(context).open({ policies })
  const grants = await Promise.all(
    Array.from({ length: 6 }, (_, at) => {
      const owner = { service: `s${at % 2}`, port: `p${at}`, tenant: 'green' }
      return broker.claim([{ owner }])
    }),
  )
  assert.equal(grants.filter(({ verdict }) => verdict === 'granted').length, 3)
  const refused = grants.find(({ verdict }) => verdict === 'refused')
  assert.match(
    refused?.verdict === 'refused' ? refused.sentence : '',
    /(green|s\d) has \d of the \d/,
  )
})

test('3,000 leases that end at the same instant do not keep anybody waiting', async (context) => {
  // Outside of the built-in range, from which other tests are given ports at the same time.
  const policies = [policyOf({ first: 9_000, last: 12_999, addresses: ['127.0.0.1'] })]
  const broker = await makePortBench(context).open({ policies })
  const wishes = Array.from({ length: 3_000 }, (_, at) => wish(`s${at}`, { ttlMs: 1_500 }))
  granted(await broker.claim(wishes))
  let longestMs = 0
  let lastMs = performance.now()
  const beat = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - lastMs)
    lastMs = performance.now()
  }, 1)
  context.after(() => clearInterval(beat))
  await until('the first are gone', () => broker.leases().length < 3_000)
  granted(await broker.claim([wish('late', { ttlMs: 60_000 })]))
  await until('they are gone', () => broker.leases().length === 1)
  context.diagnostic(`the longest pause was ${Math.round(longestMs)} ms`)
  assert.ok(longestMs < 1_000)
})
