/** A broker with a real keeper, a real ledger and processes that really listen. */
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import {
  granted,
  Listener,
  makePortBench,
  policyOf,
  until,
  wish,
} from '../../test/ports/workbench.ts'
import { LinuxKernel } from '../runtimes/process/kernel/linux.ts'
import { PortKernel } from './kernel/port-kernel.ts'

const kernel = new PortKernel(new LinuxKernel())

function identify(pid: number) {
  return kernel.identify(pid) ?? assert.fail(`${pid} lives`)
}

/** Binds as any program would; undefined when it could. */
function tryListen(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    server.listen({ port, host, ipv6Only: true }, () => server.close(() => resolve(undefined)))
  })
}

test('a lease is held on every address, given to its process, and told ready', async (context) => {
  const bench = makePortBench(context)
  const broker = await bench.open()
  const [lease] = granted(await broker.claim([wish('shop/api')]))
  assert.equal(lease?.state, 'held')
  const { port } = lease.claim
  assert.equal(await tryListen(port, '127.0.0.1'), 'EADDRINUSE')
  assert.equal(await tryListen(port, '::1'), 'EADDRINUSE')
  const server = new Listener(context)
  const assigned = await broker.assign(lease.id, identify(server.pid))
  assert.equal(assigned.state, 'assigned')
  assert.equal(await server.listen(port), 'listening')
  await until('it is ready', () => broker.leases()[0]?.state === 'ready')
  await server.kill()
  await until('it cools', () => broker.leases()[0]?.state === 'cooling')
  assert.deepEqual(bench.troubles, [])
})

test('it is known on which of its addresses a process listens', async (context) => {
  const bench = makePortBench(context)
  const broker = await bench.open()
  const [lease] = granted(await broker.claim([wish('shop/api')]))
  assert.ok(lease !== undefined)
  const { port } = lease.claim
  const server = new Listener(context)
  await broker.assign(lease.id, identify(server.pid))
  assert.equal(await server.listen(port, '::1'), 'listening')
  await until('it is ready', () => broker.leases()[0]?.state === 'ready')
  assert.deepEqual(broker.leases()[0]?.servedAt, ['::1'])
  await broker.move(lease.id, 'active', 'It gets traffic.')
  assert.deepEqual(broker.leases()[0]?.servedAt, ['::1'])
  assert.equal(await server.listen(port, '127.0.0.1'), 'listening')
  await until('it is on both', () => broker.leases()[0]?.servedAt?.length === 2)
  assert.equal(broker.leases()[0]?.state, 'active')
  await server.kill()
  await until('it cools', () => broker.leases()[0]?.state === 'cooling')
  assert.equal(broker.leases()[0]?.servedAt, undefined)
})

test('where a stranger listens, it is not the owner that is reached', async (context) => {
  const broker = await makePortBench(context).open()
  const [lease] = granted(await broker.claim([wish('shop/api')]))
  assert.ok(lease !== undefined)
  const [server, stranger] = [new Listener(context), new Listener(context)]
  await broker.assign(lease.id, identify(server.pid))
  assert.equal(await server.listen(lease.claim.port, '::'), 'listening')
  await until('it is ready', () => broker.leases()[0]?.state === 'ready')
  // That it takes IPv6 alone is not in the kernel's tables; usually it takes both.
  assert.deepEqual(broker.leases()[0]?.servedAt, ['127.0.0.1', '::1'])
  assert.equal(await stranger.listen(lease.claim.port, '127.0.0.1'), 'listening')
  await until('it is seen', () => broker.leases()[0]?.thief !== undefined)
  assert.deepEqual(broker.leases()[0]?.servedAt, ['::1'])
})

test('the same wish again is the same lease, and after its process died the same port', async (context) => {
  const broker = await makePortBench(context).open()
  const wishes = [wish('shop/api'), wish('shop/db')]
  const [first, second] = await Promise.all([broker.claim(wishes), broker.claim(wishes)])
  assert.deepEqual(
    granted(first).map(({ id }) => id),
    granted(second).map(({ id }) => id),
  )
  const [lease] = granted(first)
  assert.ok(lease !== undefined)
  const server = new Listener(context)
  await broker.assign(lease.id, identify(server.pid))
  assert.equal(await server.listen(lease.claim.port), 'listening')
  await until('it is ready', () => broker.leases().some(({ state }) => state === 'ready'))
  await server.kill()
  const [again] = granted(await broker.claim([wish('shop/api')]))
  assert.equal(again?.claim.port, lease.claim.port)
  assert.ok((again?.token ?? 0) > lease.token)
  const other = await broker.claim([wish('shop/other', { port: lease.claim.port })])
  assert.match(other.verdict === 'refused' ? other.sentence : '', /held by shop\/api http since/)
})

test('all wishes are granted or none, and nothing of a refused claim stays held', async (context) => {
  const broker = await makePortBench(context).open({ policies: [policyOf({ last: 21_001 })] })
  const three = ['a', 'b', 'c'].map((name) => wish(name))
  const grant = await broker.claim(three)
  assert.ok(grant.verdict === 'refused')
  assert.equal(grant.reason, 'range-full')
  assert.deepEqual(broker.leases(), [])
  for (const port of [21_000, 21_001]) assert.equal(await tryListen(port, '::1'), undefined)
})

test('a stranger who takes a port in the last moment is named', async (context) => {
  const broker = await makePortBench(context).open()
  const [lease] = granted(await broker.claim([wish('shop/api')]))
  assert.ok(lease !== undefined)
  const [owner, thief] = [new Listener(context), new Listener(context)]
  await broker.letGo([lease.id])
  assert.equal(await thief.listen(lease.claim.port), 'listening')
  await broker.assign(lease.id, identify(owner.pid))
  await until('it is stolen', () => broker.leases()[0]?.state === 'stolen')
  assert.equal(broker.leases()[0]?.thief?.pid, thief.pid)
  const { sentences } = await broker.story(lease.claim.port)
  assert.ok(
    sentences.some((one) => one.includes(String(thief.pid))),
    sentences.join('\n'),
  )
  await thief.kill()
  assert.equal(await owner.listen(lease.claim.port), 'listening')
  await until('it is the owner that listens', () => broker.leases()[0]?.state === 'ready')
})

test('a new broker finds the holds of the one before', async (context) => {
  const bench = makePortBench(context)
  const first = await bench.open()
  const leases = granted(await first.claim([wish('a'), wish('b')]))
  const second = await bench.open()
  assert.deepEqual(
    second.leases().map(({ id, state }) => [id, state]),
    leases.map(({ id, state }) => [id, state]),
  )
  for (const { claim } of leases)
    assert.equal(await tryListen(claim.port, '127.0.0.1'), 'EADDRINUSE')
})

test('a killed keeper is replaced, and what it held is held again', async (context) => {
  const bench = makePortBench(context)
  const broker = await bench.open()
  const [lease] = granted(await broker.claim([wish('a')]))
  const pid = await bench.keeperPid()
  process.kill(pid ?? assert.fail('there is a keeper'), 'SIGKILL')
  await until('it is told', () => bench.log.some((line) => line.includes('held again')))
  await until('it is held', async () => {
    return (await tryListen(lease?.claim.port ?? 0, '::1')) === 'EADDRINUSE'
  })
  assert.equal(broker.leases()[0]?.state, 'held')
})
