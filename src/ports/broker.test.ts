/** A broker with a real keeper, a real ledger and processes that really listen. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { granted, Listener, makePortBench, policyOf, wish } from '../../test/ports/workbench.ts'
import { until } from '../../test/support/until.ts'
import { LinuxKernel } from '../runtimes/process/kernel/linux.ts'
import type { PortGrant, PortWish } from '../seams/port-broker.ts'
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

test("a range that names who may claim of it is nobody else's, also where it fixes a port", async (context) => {
  const range = { claim: ['deployers'], fixed: { 'shop/api/http': 21_080 } }
  const broker = await makePortBench(context).open({ policies: [policyOf(range)] })
  const claim = (more: Partial<PortWish>): Promise<PortGrant> =>
    broker.claim([wish('shop/api', more)])
  const refusals = [
    await claim({}),
    await claim({ by: ['token:ci', 'operator'] }),
    await claim({ by: ['token:ci'], port: 21_080 }),
  ]
  assert.deepEqual(
    new Set(refusals.map((it) => it.verdict === 'refused' && it.reason)),
    new Set(['not-allowed']),
  )
  assert.match(
    JSON.stringify(refusals),
    /Only deployers may claim of range web of shop, and token:ci is none/,
  )
  const [held] = granted(await claim({ by: 'contract', isLasting: true }))
  assert.equal(held?.claim.port, 21_080)
  assert.equal((await claim({ by: ['token:ci'] })).verdict, 'refused', 'what is held for others')
  const [taken] = granted(await claim({ by: ['oidc:ann', 'deployers'] }))
  assert.equal(taken?.id, held?.id)
})

test('a port that is fixed in a range of UDP is no port of TCP of the same name', async (context) => {
  const range = { protocol: 'udp', fixed: { 'shop/dns/dns': 21_053 } } as const
  const broker = await makePortBench(context).open({ policies: [policyOf(range)] })
  const dns = (more: Partial<PortWish>): PortWish => {
    return { ...wish('shop/dns', more), owner: { service: 'shop/dns', port: 'dns' } }
  }
  const refused = await broker.claim([dns({})])
  assert.ok(refused.verdict === 'refused')
  assert.equal(refused.reason, 'other-protocol')
  assert.match(
    refused.sentence,
    /shop\/dns\/dns has 21053\/udp fixed by range web of shop\. Ask for it with/,
  )
  const [lease] = granted(await broker.claim([dns({ protocol: 'udp' })]))
  assert.deepEqual([lease?.claim.port, lease?.claim.protocol], [21_053, 'udp'])
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

test('a port that cannot be held, nobody being seen to have it, is nobody’s until it can', async (context) => {
  const bench = makePortBench(context)
  const first = await bench.open()
  const wishes = [wish('shop/api', { isLasting: true })]
  const [lease] = granted(await first.claim(wishes))
  assert.ok(lease !== undefined)
  const keeper = await bench.keeperPid()
  await bench.close()
  assert.ok(keeper !== undefined)
  process.kill(keeper, 'SIGKILL')
  const bound = await bindOnly(context, lease.claim.port)
  const broker = await bench.open()
  const [quarantined] = broker.leases()
  assert.equal(quarantined?.state, 'quarantined')
  assert.match(quarantined.because, /No socket could be held again \(EADDRINUSE\)/)
  const refused = await broker.claim([wish('shop/web', { port: lease.claim.port })])
  assert.equal(refused.verdict === 'refused' && refused.reason, 'quarantined')
  bound.kill()
  await until('it is held', () => broker.leases()[0]?.state === 'held')
  assert.equal(broker.leases()[0]?.expiresAtMs, undefined)
  assert.equal(granted(await broker.claim(wishes))[0]?.id, lease.id)
})

/** A process that has a port without listening on it, as soon as it can be had. */
async function bindOnly(context: TestContext, port: number): Promise<ChildProcess> {
  const program = `use Socket; $| = 1; socket(my $s, PF_INET, SOCK_STREAM, 0) or die $!;
    until (bind($s, sockaddr_in(${port}, inet_aton('127.0.0.1')))) { select(undef, undef, undef, 0.01) }
    print 'bound'; sleep`
  const child = spawn('perl', ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  context.after(() => child.kill())
  await once(child.stdout, 'data')
  return child
}
