/** Components whose ports are leased: a real broker in a real ledger, and real processes that listen. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { PortLease, PortOwner } from '../../src/core/port/port-lease.ts'
import type { PortRange } from '../../src/core/port/port-policy.ts'
import { digestOf } from '../../src/core/units/digest.ts'
import type { Leasing } from '../../src/daemon/daemon-leasing.ts'
import {
  closeDaemonParts,
  type DaemonParts,
  openDaemonParts,
} from '../../src/daemon/daemon-parts.ts'
import { PortKernel } from '../../src/ports/kernel/port-kernel.ts'
import { LinuxKernel } from '../../src/runtimes/process/kernel/linux.ts'
import type { Order } from '../../src/seams/actuator.ts'
import type { PortBroker } from '../../src/seams/port-broker.ts'
import { placeOf } from '../../src/server/client/daemon-place.ts'
import { until } from '../support/until.ts'
import { granted, Listener, policyOf } from './workbench.ts'

const SERVE = `require('node:net').createServer().listen(process.env.PORT, '127.0.0.1')`
const PORT = `$\{self.ports.http}`

interface Bench {
  open(): Promise<DaemonParts & Pick<Leasing, 'broker' | 'ports'>>
  close(): Promise<void>
}

function makeBench(context: TestContext): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-leased-'))
  const settings = { PATH: process.env['PATH'] ?? '' }
  const onTrouble = (error: unknown): void => assert.ifError(error)
  let parts: DaemonParts | undefined
  const close = async (): Promise<void> => {
    if (parts !== undefined) await closeDaemonParts(parts)
    parts = undefined
  }
  const open = async () => {
    const opened = await openDaemonParts({ place: placeOf(folder), settings, onTrouble })
    parts = opened
    const { broker, ports } = opened.leasing ?? assert.fail('ports are leased')
    return { ...opened, broker, ports }
  }
  context.after(async () => {
    const { runtime } = parts ?? (await open())
    await runtime.run(order('stop', { subject: 'shop/api' }))
    await close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { open, close }
}

let orders = 0

function order(operation: string, input: Order['input']): Order {
  orders += 1
  const id = `up-1/api/${orders}`
  const { signal } = new AbortController()
  return { id, ramp: 'up-1', stage: 'api', purpose: 'do', operation, input, fence: 1, signal }
}

function start(digest: string, more: Order['input'] = {}): Order {
  return order('start', {
    subject: 'shop/api',
    command: [process.execPath, '-e', SERVE],
    cwd: tmpdir(),
    env: { PORT },
    ports: { http: {} },
    digest,
    ...more,
  })
}

/** Binds as soon as it runs, or ends with why not; no process takes less time until then. */
const AT_ONCE = `use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0) or die $!;
  setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
  bind($s, sockaddr_in($ENV{PORT}, inet_aton($ENV{HOST} // '127.0.0.1'))) or die $!;
  listen($s, 5); sleep`
const PERL: Order['input'] = { command: ['perl', '-e', AT_ONCE] }

/** Puts a contract in force with this range, and holds its fixed port as its ramp does. */
async function holdFixed(broker: PortBroker, range: Partial<PortRange> = {}): Promise<PortLease> {
  const { ranges } = policyOf({ for: { service: 'shop/*' }, ...range, coolingMs: 0 })
  const of = { contract: 'Ports/shop', digest: digestOf('one') }
  const connect = { ...of, rules: [], clients: [] }
  await broker.enforce({ ...of, ramp: 'up-0', policy: { ...of, ranges }, connect })
  return await hold(broker)
}

/** Holds what the contract gives the component, until it takes it. */
async function hold(broker: PortBroker): Promise<PortLease> {
  const owner = { service: 'shop/api', port: 'http' }
  const [lease] = granted(await broker.claim([{ owner, by: 'contract', isLasting: true }]))
  return lease ?? assert.fail('one was asked for')
}

/** The lease of the component, once it is there in one of these states. */
async function leaseIn(broker: PortBroker, ...states: PortLease['state'][]): Promise<PortLease> {
  const find = () => broker.leases().find(({ state }) => states.includes(state))
  await until(states.join(' or '), () => find() !== undefined)
  return find() ?? assert.fail(states.join(' or '))
}

/** Listens as any program would, and ends that; how it was refused, if it was. */
function tryListen(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)))
  })
}

test('a component listens on a port that is leased to its process', async (context) => {
  const { broker, runtime } = await makeBench(context).open()
  const answer = await runtime.run(start('one'))
  assert.equal(answer.verdict, 'done', answer.sentence)
  const ready = await leaseIn(broker, 'ready')
  assert.deepEqual(answer.outputs['ports'], { http: ready.claim.port })
  assert.equal(ready.process?.pid, answer.outputs['pid'])
  const story = await broker.story(ready.claim.port)
  assert.match(story.sentences.join('\n'), /shop\/api http/)
  await runtime.run(order('stop', { subject: 'shop/api' }))
  await leaseIn(broker, 'cooling')
})

test("a component is given ports of a range by what its ramp's opener is called", async (context) => {
  const { broker, runtime } = await makeBench(context).open()
  const { ranges } = policyOf({ claim: ['deployers'], for: { environment: 'shop' } })
  const of = { contract: 'Ports/shop', digest: digestOf('one') }
  const connect = { ...of, rules: [], clients: [] }
  await broker.enforce({ ...of, ramp: 'up-0', policy: { ...of, ranges }, connect })
  const refused = await runtime.run({ ...start('one'), by: ['token:ci', 'operator'] })
  assert.equal(refused.reason, 'not-allowed')
  assert.match(refused.sentence, /Only deployers may claim of range web of Ports\/shop/)
  const answer = await runtime.run({ ...start('one'), by: ['oidc:ann', 'deployers'] })
  assert.equal(answer.verdict, 'done', answer.sentence)
  assert.deepEqual((await leaseIn(broker, 'ready')).rule.contract, 'Ports/shop')
})

test('the next start, also of another daemon, is given the same port', async (context) => {
  const bench = makeBench(context)
  const first = await bench.open()
  await first.runtime.run(start('one'))
  const { claim } = await leaseIn(first.broker, 'ready')
  await bench.close()
  const second = await bench.open()
  assert.equal((await leaseIn(second.broker, 'ready')).claim.port, claim.port)
  const again = await second.runtime.run(start('two'))
  assert.deepEqual(again.outputs['ports'], { http: claim.port }, again.sentence)
})

test('a port that a stranger has taken meanwhile is passed over', async (context) => {
  const { broker, runtime } = await makeBench(context).open()
  await runtime.run(start('one'))
  const { claim } = await leaseIn(broker, 'ready')
  await runtime.run(order('stop', { subject: 'shop/api' }))
  const stranger = createServer().listen(claim.port, '127.0.0.1')
  context.after(() => stranger.close())
  const again = await runtime.run(start('two'))
  assert.equal(again.verdict, 'done', again.sentence)
  assert.notDeepEqual(again.outputs['ports'], { http: claim.port })
})

test('a program that binds at once gets the port that was held for it, each time', async (context) => {
  const { broker, runtime } = await makeBench(context).open()
  const { claim } = await holdFixed(broker, { fixed: { 'shop/api/http': 21_080 } })
  assert.equal(claim.port, 21_080)
  for (let times = 0; times < 5; times += 1) {
    assert.equal((await hold(broker)).state, 'held')
    const answer = await runtime.run(start('one', PERL))
    assert.deepEqual(answer.outputs['ports'], { http: 21_080 }, answer.sentence)
    await leaseIn(broker, 'ready')
    await runtime.run(order('stop', { subject: 'shop/api' }))
    await until('it is free', () => broker.leases().length === 0)
  }
})

test('a start that comes to nothing leaves held what was held before it', async (context) => {
  const { broker, runtime, ports } = await makeBench(context).open()
  const { id } = await holdFixed(broker, { fixed: { 'shop/api/http': 21_080 } })
  const wanted = { subject: 'shop/api', names: ['http'], previous: {}, taken: new Set<number>() }
  const reservation = await ports.reserve(wanted)
  assert.ok(!('sentence' in reservation))
  assert.equal(await tryListen(21_080), 'EADDRINUSE')
  await ports.letGo('shop/api', reservation.ports)
  assert.equal(await tryListen(21_080), undefined)
  reservation.release()
  // Whoever starts it next waits until that is done.
  await ports.reserve(wanted)
  assert.equal(await tryListen(21_080), 'EADDRINUSE')
  await runtime.run(order('stop', { subject: 'shop/api' }))
  assert.deepEqual([broker.leases()[0]?.id, broker.leases()[0]?.state], [id, 'held'])
})

/** A port that somebody has given a process of theirs by hand, in the name of the component. */
async function runByHand(
  context: TestContext,
  broker: PortBroker,
  owner: Partial<PortOwner>,
): Promise<{ readonly id: string; readonly server: Listener }> {
  const wishes = [{ owner: { service: 'shop/api', port: 'http', ...owner } }]
  const [lease] = granted(await broker.claim(wishes))
  const { id, claim } = lease ?? assert.fail('one was asked for')
  const server = new Listener(context)
  const process = new PortKernel(new LinuxKernel()).identify(server.pid)
  await broker.assign(id, process ?? assert.fail('it runs'))
  assert.equal(await server.listen(claim.port), 'listening')
  await leaseIn(broker, 'ready')
  return { id, server }
}

test('what a job has in the name of a component is no start of it', async (context) => {
  const { broker, runtime } = await makeBench(context).open()
  const { id } = await runByHand(context, broker, { scope: 'ci-7' })
  const answer = await runtime.run(start('one', { beside: true, copy: 1 }))
  assert.equal(answer.verdict, 'done', answer.sentence)
  await until('both are ready', () => broker.leases().every(({ state }) => state === 'ready'))
  await runtime.run(order('stop', { subject: 'shop/api' }))
  assert.equal(broker.leases().find((lease) => lease.id === id)?.state, 'ready')
})

test('a component is not given the port that a process has by hand', async (context) => {
  const { broker, runtime } = await makeBench(context).open()
  const { id, server } = await runByHand(context, broker, {})
  const refused = await runtime.run(start('one'))
  assert.equal(refused.reason, 'taken')
  assert.match(
    refused.sentence,
    new RegExp(`which process ${server.pid} has, and that is no start`),
  )
  await runtime.run(order('stop', { subject: 'shop/api' }))
  assert.deepEqual([broker.leases()[0]?.id, broker.leases()[0]?.state], [id, 'ready'])
  await server.kill()
  const answer = await runtime.run(start('one'))
  assert.equal(answer.verdict, 'done', answer.sentence)
})

test('a component listens at the address that a contract gives its ports', async (context) => {
  const { broker, runtime } = await makeBench(context).open()
  await holdFixed(broker, { addresses: ['127.0.0.2'] })
  const answer = await runtime.run(start('one', PERL))
  assert.equal(answer.outputs['host'], '127.0.0.2', answer.sentence)
  assert.deepEqual((await leaseIn(broker, 'ready')).servedAt, ['127.0.0.2'])
  const other = await runtime.run(start('two', { ...PERL, beside: true, host: '127.0.0.3' }))
  assert.equal(other.reason, 'address')
  assert.match(
    other.sentence,
    /`run\.ports\.http\.address` is 127\.0\.0\.3, but range web of Ports\/shop/,
  )
})

test('on every address a component is reached by the loopback one', async (context) => {
  const { broker, runtime } = await makeBench(context).open()
  await holdFixed(broker, { addresses: ['0.0.0.0', '::'] })
  const answer = await runtime.run(start('one', PERL))
  assert.equal(answer.outputs['host'], '127.0.0.1', answer.sentence)
  await leaseIn(broker, 'ready')
})
