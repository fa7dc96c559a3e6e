/** Orders to fronts, over a real broker and real processes that carry traffic. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { granted, Listener, makePortBench, policyOf } from '../../../test/ports/workbench.ts'
import { until } from '../../../test/support/until.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import type { PortPolicy } from '../../core/port/port-policy.ts'
import { digestOf } from '../../core/units/digest.ts'
import type { LocalPortBroker } from '../../ports/broker.ts'
import { identityOf } from '../../runtimes/process/kernel/kernel.ts'
import { LinuxKernel } from '../../runtimes/process/kernel/linux.ts'
import type { Order } from '../../seams/actuator.ts'
import { ForwarderPlane } from '../forwarder/forwarder-plane.ts'
import { Carriers } from './carriers.ts'
import { FrontActuator } from './front-actuator.ts'
import { Fronts } from './fronts.ts'

const kernel = new LinuxKernel()
const identify = (pid: number) => identityOf(kernel, pid)

interface Bench {
  readonly broker: LocalPortBroker
  readonly plane: ForwarderPlane
  order(operation: string, input: Order['input']): ReturnType<FrontActuator['run']>
  /** A start of shop/api that listens, with its port leased. */
  start(number: string, address?: string): Promise<Listener>
  states(): Readonly<Record<string, string>>
}

async function makeBench(
  context: TestContext,
  policies: readonly PortPolicy[] = [],
): Promise<Bench> {
  let close = async (): Promise<void> => undefined
  // Before the broker's folder goes: hooks run in the order they are added.
  context.after(() => close())
  const bench = makePortBench(context)
  const broker = await bench.open({ policies })
  const folder = join(bench.folder, 'ports')
  const log = (line: string): void => void bench.log.push(line)
  const plane = new ForwarderPlane({ folder, spawner: broker, clock: new SystemClock(), log })
  const carriers = new Carriers({ kernel, clock: new SystemClock(), log })
  const onTrouble = (error: unknown): void => void bench.troubles.push(error)
  const fronts = new Fronts({ broker, plane, carriers, identify, onTrouble })
  const actuator = new FrontActuator(fronts)
  close = async () => {
    await fronts.close('shop/api')
    await fronts.leave()
    plane.leave()
    assert.deepEqual(bench.troubles, [])
  }
  const { signal } = new AbortController()
  return {
    broker,
    plane,
    order: (operation, input) =>
      actuator.run({
        ...{ id: 'up-1/api/1', ramp: 'up-1', stage: 'api', purpose: 'do', fence: 1, signal },
        ...{ operation, input },
      }),
    async start(instance, address = '127.0.0.1') {
      const owner = { service: 'shop/api', port: 'http', instance }
      const [lease] = granted(await broker.claim([{ owner, isHeld: false }]))
      if (lease === undefined) return assert.fail('it is leased')
      const process = new Listener(context)
      await broker.assign(lease.id, identify(process.pid) ?? assert.fail('it lives'))
      assert.equal(await process.listen(lease.claim.port, address), 'listening')
      return process
    },
    states: () =>
      Object.fromEntries(broker.leases().map(({ owner, state }) => [owner.instance, state])),
  }
}

const BY = {
  ...{ host: '127.0.0.1', number: 8_080 },
  carrier: { plane: 'haproxy', socket: '/run/none.sock', backend: 'api' },
}

const OPEN = { front: 'shop/api', ports: { http: { as: 'http' } } }

test('traffic goes to one start after the other, and back again', async (context) => {
  const { order, start, states } = await makeBench(context)
  const opened = await order('open', OPEN)
  assert.equal(opened.verdict, 'done', opened.sentence)
  assert.deepEqual(await order('open', OPEN), opened, 'it is open already')
  const { serving, ...found } = opened.outputs
  assert.deepEqual(serving, [])
  assert.deepEqual((await order('look', { front: 'shop/api' })).outputs, found)
  await start('1')
  await order('switch', { front: 'shop/api', to: 'shop/api#1' })
  await start('2')
  const switched = await order('switch', { front: 'shop/api', to: 'shop/api#2' })
  assert.equal(switched.verdict, 'done', switched.sentence)
  assert.deepEqual([states()['1'], states()['2']], ['draining', 'active'])
  await order('switchBack', { front: 'shop/api', from: 'shop/api#2' })
  assert.deepEqual([states()['1'], states()['2']], ['active', 'draining'])
  const left = await order('close', { front: 'shop/api', unlessRouted: true })
  assert.equal(left.reason, 'left-open')
  await order('close', { front: 'shop/api' })
  await until('it cools', () => states()['front'] === 'cooling')
  assert.equal((await order('look', { front: 'shop/api' })).reason, 'closed')
})

test('what a contract fixes is held for the service, and its front takes that up', async (context) => {
  const fixed = { 'shop/api/http': 22_405, 'shop/web/http': 22_406 }
  const policy = policyOf({ first: 22_400, last: 22_409, fixed })
  const { broker, order, start } = await makeBench(context, [policy])
  const hold = async (service: string) => {
    const owner = { service, port: 'http' }
    const port = fixed[`${service}/http` as keyof typeof fixed]
    const [lease] = granted(await broker.claim([{ owner, port, isLasting: true, ramp: 'up-0' }]))
    return lease ?? assert.fail('it is held')
  }
  const { id } = await hold('shop/api')
  const open = { front: 'shop/api', ramp: 'up-1', ports: { http: { as: 'tcp' } } }
  const opened = await order('open', open)
  assert.deepEqual(opened.outputs['ports'], { http: 22_405 }, opened.sentence)
  assert.deepEqual(await order('open', open), opened)
  assert.deepEqual([(await hold('shop/api')).id, (await hold('shop/api')).ramp], [id, 'up-1'])
  await start('1')
  const own = broker.leases().find(({ owner }) => owner.instance === '1')?.claim.port
  assert.ok(own !== undefined && own >= 22_400 && own < 22_405, `${own}: a start has another one`)
  await order('switch', { front: 'shop/api', to: 'shop/api#1' })
  assert.equal(await text(connect(22_405, '127.0.0.1')), 'served\n')

  const web = await hold('shop/web')
  await broker.assign(web.id, identify(process.pid) ?? assert.fail('it lives'))
  const refused = await order('open', { ...open, front: 'shop/web' })
  assert.match(refused.sentence, /shop\/web http has 22406 itself/)
})

test('traffic goes to a set of starts, and back to exactly those that served before', async (context) => {
  const { order, start, states } = await makeBench(context)
  await order('open', OPEN)
  for (const number of ['1', '2', '3']) await start(number)
  const both = ['shop/api#1', 'shop/api#2']
  await order('switch', { front: 'shop/api', to: both })
  assert.deepEqual((await order('open', OPEN)).outputs['serving'], both)
  const to = ['shop/api#2', 'shop/api#3']
  const switched = await order('switch', { front: 'shop/api', to })
  assert.equal(switched.verdict, 'done', switched.sentence)
  const now = (): readonly unknown[] => ['1', '2', '3'].map((number) => states()[number])
  assert.deepEqual(now(), ['draining', 'active', 'active'])
  const back = await order('switchBack', { front: 'shop/api', from: to, to: both })
  assert.match(back.sentence, /goes to shop\/api#1 and shop\/api#2 again/)
  assert.deepEqual(now(), ['active', 'active', 'draining'])
  const unknown = await order('switch', { front: 'shop/api', to: ['shop/api#3', 'shop/api#9'] })
  assert.equal(unknown.reason, 'lease-unknown')
  assert.deepEqual(now(), ['active', 'active', 'draining'], 'nothing was moved')
})

test('who alone served before this ramp goes on when the ramp is taken back', async (context) => {
  const { order, start, states } = await makeBench(context)
  await order('open', { ...OPEN, ramp: 'up-0' })
  await start('1')
  await order('switch', { front: 'shop/api', to: 'shop/api#1' })
  await order('switchBack', { front: 'shop/api', from: 'shop/api#1' })
  assert.equal(states()['1'], 'active')
})

test('the rule of a failover says how long clients wait, and how long the port of the dead cools', async (context) => {
  const { broker, plane, order, start } = await makeBench(context)
  const policy = policyOf({ for: { service: 'shop/*' }, coolingMs: 1_000 })
  const rules = { contract: 'shop', digest: digestOf(policy), ramp: 'ports-up-1', policy }
  const connect = { contract: 'shop', rules: [], clients: [] }
  const failover = { event: 'failover', drainMs: 0, lingerMs: 0, coolingMs: 77_000 } as const
  const enforce = (deadlineMs: number): Promise<void> =>
    broker.enforce({ ...rules, connect, transitions: [{ ...failover, deadlineMs }] })
  await enforce(90_000)
  await order('open', OPEN)
  const waitMs = async (): Promise<number | undefined> =>
    (await plane.look('shop/api/http'))?.definition.waitMs
  assert.equal(await waitMs(), 90_000)
  await enforce(120_000)
  await until('it is told', async () => (await waitMs()) === 120_000)
  const process = await start('1')
  await order('switch', { front: 'shop/api', to: 'shop/api#1' })
  await process.kill()
  const dead = () => broker.leases().find(({ owner }) => owner.instance === '1')
  await until('it cools', () => dead()?.state === 'cooling')
  const coolingMs = (dead()?.coolUntilMs ?? 0) - (dead()?.changedAtMs ?? 0)
  assert.ok(coolingMs > 76_000 && coolingMs <= 77_000, `${coolingMs} ms`)
})

test('who serves no more parts with its port as the contract in force says at that moment', async (context) => {
  const { broker, order, start } = await makeBench(context)
  const policy = policyOf({ for: { service: 'shop/*' }, coolingMs: 1_000 })
  const rules = { contract: 'shop', digest: digestOf(policy), ramp: 'ports-up-1', policy }
  const connect = { contract: 'shop', rules: [], clients: [] }
  const roll = { event: 'roll', drainMs: 4_000, lingerMs: 0, coolingMs: 55_000 } as const
  const enforce = (deadlineMs: number, says: readonly string[] = []): Promise<void> =>
    broker.enforce({ ...rules, connect, transitions: [{ ...roll, deadlineMs, says }] })
  const leaseOf = (start: string) => broker.leases().find(({ owner }) => owner.instance === start)
  const to = async (start: string, more = {}) =>
    await order('switch', { front: 'shop/api', to: `shop/api#${start}`, ...more })
  await enforce(60_000)
  await order('open', OPEN)
  await start('1')
  await to('1')
  const second = await start('2')
  // So much time can never be left: it is too late whatever was quick.
  await enforce(0, ['deadline'])
  const late = await to('2')
  assert.deepEqual([late.verdict, late.reason], ['failed', 'port-refused'])
  assert.match(late.sentence, /a roll may take 0ms, as shop says; who served serves on/)
  assert.equal(leaseOf('1')?.state, 'active')
  await enforce(0)
  assert.equal((await to('2', { lingerMs: 10 })).verdict, 'done')
  const by = { event: 'roll', contract: 'shop', coolingMs: 55_000 }
  assert.deepEqual(leaseOf('1')?.parting, { ...by, by: 'component', drainMs: 30_000, lingerMs: 10 })
  await order('switchBack', { front: 'shop/api', from: 'shop/api#2' })
  assert.equal(leaseOf('1')?.parting, undefined, 'it is taken back')
  await to('2')
  await to('1')
  assert.deepEqual(leaseOf('2')?.parting, { ...by, by: 'contract', drainMs: 4_000, lingerMs: 0 })
  await second.kill()
  await until('it cools', () => leaseOf('2')?.state === 'cooling')
  const { coolUntilMs = 0, changedAtMs = 0 } = leaseOf('2') ?? {}
  const coolingMs = coolUntilMs - changedAtMs
  assert.ok(coolingMs > 54_000 && coolingMs <= 55_000, `${coolingMs} ms`)
})

test('a front is reached at the address that a contract gives its port', async (context) => {
  const policy = policyOf({ first: 22_420, last: 22_429, addresses: ['127.0.0.2'] })
  const { order, start } = await makeBench(context, [policy])
  const { outputs } = await order('open', { front: 'shop/api', ports: { http: { as: 'tcp' } } })
  assert.equal(outputs['host'], '127.0.0.2')
  await start('1', '127.0.0.2')
  await order('switch', { front: 'shop/api', to: 'shop/api#1' })
  const { http } = outputs['ports'] as { readonly http: number }
  assert.equal(await text(connect(http, '127.0.0.2')), 'served\n')
})

test('a start that listens at one family alone is reached there', async (context) => {
  const { order, start } = await makeBench(context)
  const { outputs } = await order('open', { front: 'shop/api', ports: { http: { as: 'tcp' } } })
  await start('1', '::1')
  const switched = await order('switch', { front: 'shop/api', to: 'shop/api#1' })
  assert.equal(switched.verdict, 'done', switched.sentence)
  const { http } = outputs['ports'] as { readonly http: number }
  assert.equal(await text(connect(http, '127.0.0.1')), 'served\n')
  await order('close', { front: 'shop/api' })
})

test('what cannot be carried out is answered with what is wrong', async (context) => {
  const { order } = await makeBench(context)
  await order('open', OPEN)
  for (const [operation, input, reason] of [
    ['switch', { front: 'shop/api', to: 'shop/api#9' }, 'lease-unknown'],
    ['switch', { front: 'shop/api' }, 'operation-unknown'],
    ['polish', { front: 'shop/api' }, 'operation-unknown'],
    ['open', { front: 'shop/api', ports: { http: { as: 'ftp' } } }, 'input-malformed'],
    ['open', { ...OPEN, by: BY }, 'port-refused'],
  ] as const) {
    const answer = await order(operation, input)
    assert.deepEqual([answer.verdict, answer.reason], ['failed', reason], answer.sentence)
  }
})
