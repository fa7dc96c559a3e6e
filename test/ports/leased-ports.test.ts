/** Components whose ports are leased: a real broker in a real ledger, and real processes that listen. */
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { PortOwner } from '../../src/core/port/port-lease.ts'
import { digestOf } from '../../src/core/units/digest.ts'
import { PortKernel } from '../../src/ports/kernel/port-kernel.ts'
import { LinuxKernel } from '../../src/runtimes/process/kernel/linux.ts'
import type { Order } from '../../src/seams/actuator.ts'
import type { PortBroker } from '../../src/seams/port-broker.ts'
import { until } from '../support/until.ts'
import { hold, holdFixed, leaseIn, makeBench, order, start, tryListen } from './component-bench.ts'
import { granted, Listener, policyOf } from './workbench.ts'

/** Binds as soon as it runs, or ends with why not; no process takes less time until then. */
const AT_ONCE = `use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0) or die $!;
  setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
  bind($s, sockaddr_in($ENV{PORT}, inet_aton($ENV{HOST} // '127.0.0.1'))) or die $!;
  listen($s, 5); sleep`
const PERL: Order['input'] = { command: ['perl', '-e', AT_ONCE] }

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
  await ports.letGo({ subject: 'shop/api', ports: reservation.ports })
  assert.equal(await tryListen(21_080), undefined)
  reservation.release()
  // Whoever starts it next waits until that is done.
  await ports.reserve(wanted)
  assert.equal(await tryListen(21_080), 'EADDRINUSE')
  await runtime.run(order('stop', { subject: 'shop/api' }))
  assert.deepEqual([broker.leases()[0]?.id, broker.leases()[0]?.state], [id, 'held'])
})

test('of two leases of one number its process has the one of its protocol', async (context) => {
  const { broker, ports } = await makeBench(context).open()
  const owner = { service: 'shop/api', port: 'http' }
  const [tcp] = granted(await broker.claim([{ owner }]))
  const port = tcp?.claim.port ?? assert.fail('one was asked for')
  const [udp] = granted(await broker.claim([{ owner, port, protocol: 'udp' }]))
  const server = new Listener(context)
  const process = new PortKernel(new LinuxKernel()).identify(server.pid) ?? assert.fail('it runs')
  const start = { subject: 'shop/api', ports: { http: port }, protocols: { http: 'udp' } } as const
  await ports.letGo(start)
  assert.equal(await tryListen(port), 'EADDRINUSE', 'what is of TCP is held on')
  ports.took(start, process)
  await ports.settle()
  const has = broker.leases().filter((lease) => lease.process !== undefined)
  assert.deepEqual(
    has.map(({ id }) => id),
    [udp?.id],
  )
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
