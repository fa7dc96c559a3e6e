/** Contracts put in force by a real broker, asked about by the probe, and taken back. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { granted, Listener, makePortBench, policyOf, wish } from '../../test/ports/workbench.ts'
import { until } from '../../test/support/until.ts'
import { present } from '../core/fault/assert.ts'
import type { Answer } from '../core/plan/verdict.ts'
import { digestOf } from '../core/units/digest.ts'
import type { JsonObject } from '../core/units/json.ts'
import { PortsProbe } from '../probes/ports/ports-probe.ts'
import { LinuxKernel } from '../runtimes/process/kernel/linux.ts'
import type { Order } from '../seams/actuator.ts'
import type { LocalPortBroker } from './broker.ts'
import { readMachineFacts, spansOf } from './kernel/machine-facts.ts'
import { PortKernel } from './kernel/port-kernel.ts'
import { PortsActuator } from './ports-actuator.ts'

const OWNER = { service: 'shop/api', port: 'http' }
const { signal } = new AbortController()

interface Bench {
  readonly broker: LocalPortBroker
  order(operation: string, input: Order['input']): ReturnType<PortsActuator['run']>
  ask(input: JsonObject): Promise<Answer>
}

async function makeBench(context: TestContext): Promise<Bench> {
  const broker = await makePortBench(context).open()
  const actuator = new PortsActuator(broker)
  const probe = new PortsProbe(broker, readMachineFacts)
  const order = (operation: string, input: Order['input']) =>
    actuator.run({
      ...{ id: 'up-1/policy/1', ramp: 'up-1', stage: 'policy', purpose: 'do', fence: 1, signal },
      ...{ operation, input },
    })
  const ask = (input: JsonObject) => probe.ask({ input, self: {}, attempt: 1, signal })
  return { broker, order, ask }
}

/** The order that puts a range in force. */
function rules(ramp: string, first: number): JsonObject {
  const [range] = policyOf({ first, last: first + 9, fixed: { 'shop/api/http': first } }).ranges
  const policy = JSON.parse(JSON.stringify({ ranges: [range] })) as JsonObject
  const connect = { rules: [], clients: [] }
  return { contract: 'shop', digest: digestOf({ first }), ramp, policy, connect }
}

function hold(ramp: string, port: number): JsonObject {
  const claim = { protocol: 'tcp', addresses: ['127.0.0.1', '::1'], port }
  return { contract: 'shop', digest: digestOf({}), ramp, range: 'web', owner: OWNER, claim }
}

test('a contract in force rules what is granted, and its fixed ports are held until it is not', async (context) => {
  const { broker, order, ask } = await makeBench(context)
  const asked = { policy: 'shop', digest: digestOf({ first: 21_200 }) }
  assert.equal((await ask(asked)).reason, 'not-in-force')
  assert.equal((await order('enforce', rules('up-1', 21_200))).reason, 'enforced')
  assert.equal((await order('enforce', rules('up-1', 21_200))).reason, 'already')
  assert.equal((await ask(asked)).verdict, 'passed')
  assert.equal((await order('hold', hold('up-1', 21_200))).reason, 'held')
  const held = {
    ...{ port: 21_200, protocol: 'tcp', addresses: ['127.0.0.1'], service: 'shop/api' },
    ...{ name: 'http', state: ['held'] },
  }
  assert.equal((await ask(held)).verdict, 'passed')
  const [lease] = broker.leases()
  assert.equal(lease?.expiresAtMs, undefined, 'nobody need ask for it again')
  const other = await broker.claim([wish('shop/web', { port: 21_200 })])
  assert.match(other.verdict === 'refused' ? other.sentence : '', /fixed for shop\/api\/http/)
  assert.equal((await order('withdraw', { contract: 'shop' })).reason, 'withdrawn')
  const left = await ask({ contract: 'shop', state: { not: ['cooling'] }, most: 0 })
  assert.equal(left.verdict, 'passed', left.sentence)
})

test('what a ramp puts in force gives way to what was there before when it is undone', async (context) => {
  const { broker, order, ask } = await makeBench(context)
  await order('enforce', rules('up-1', 21_300))
  await order('hold', hold('up-1', 21_300))
  await order('enforce', rules('up-2', 21_400))
  const undoHold = { contract: 'shop', owner: OWNER, onlyByRamp: 'up-2' }
  await order('withdraw', undoHold)
  assert.equal(broker.leases().length, 1, 'what the first ramp holds is held')
  const undo = { contract: 'shop', onlyByRamp: 'up-2' }
  assert.equal((await order('withdraw', undo)).reason, 'restored')
  assert.equal((await order('withdraw', undo)).reason, 'not-ours')
  const now = await ask({ policy: 'shop', digest: digestOf({ first: 21_300 }) })
  assert.equal(now.verdict, 'passed', now.sentence)
})

test('an amended contract stands beside the earlier one until its owner is gone', async (context) => {
  const { broker, order, ask } = await makeBench(context)
  const owner = new Listener(context)
  await order('enforce', rules('up-1', 21_500))
  const [first] = granted(await broker.claim([wish('shop/api')]))
  const old = present(first, 'it is granted')
  await broker.letGo([old.id])
  assert.equal(await owner.listen(21_500), 'listening')
  await broker.assign(old.id, present(new PortKernel(new LinuxKernel()).identify(owner.pid), ''))
  await until('it listens', () => stateOf(broker, 21_500) === 'ready')

  const amended = { contract: 'shop', digest: digestOf({ first: 21_520 }) }
  assert.equal((await order('enforce', rules('up-2', 21_520))).reason, 'enforced')
  assert.equal((await order('hold', hold('up-2', 21_520))).reason, 'held')
  assert.deepEqual(
    [stateOf(broker, 21_500), stateOf(broker, 21_520)],
    ['ready', 'held'],
    'the owner has both',
  )
  const outdated = { outdated: 'shop', digest: amended.digest }
  const waiting = await ask({ ...outdated, of: OWNER })
  assert.equal(waiting.verdict, 'failed')
  const told = new RegExp(
    `^shop/api http still has 21500 \\(${old.id}, process ${owner.pid}, ready since .*Z\\): ` +
      'shop/api/http has 21520 now\\.$',
  )
  assert.match(waiting.sentence, told)
  assert.equal((await ask({ ...outdated, except: ['shop/api/http'] })).verdict, 'passed')
  assert.equal((await order('retire', amended)).reason, 'still-used')
  const { sentences } = await broker.story(21_500)
  assert.ok(sentences.some((one) => /^shop was amended: .* Until its owner is gone/.test(one)))
  const [again] = granted(await broker.claim([wish('shop/api')]))
  assert.equal(again?.claim.port, 21_520, 'whoever claims now is given the new place')

  await owner.kill()
  await until('the old one cools', () => stateOf(broker, 21_500) === 'cooling')
  assert.equal((await ask({ ...outdated, of: OWNER })).verdict, 'passed')
  assert.equal((await ask({ retired: 'shop' })).reason, 'not-retired')
  assert.equal((await order('retire', amended)).reason, 'retired')
  assert.equal((await order('retire', amended)).reason, 'already')
  assert.equal((await ask({ retired: 'shop' })).verdict, 'passed')
  const undone = await order('withdraw', { contract: 'shop', onlyByRamp: 'up-2' })
  assert.equal(undone.reason, 'withdrawn', 'what is retired does not come back')
})

test('an amendment of an amendment is undone one at a time, and idle holds are let go of last', async (context) => {
  const { broker, order } = await makeBench(context)
  const undo = (ramp: string) => order('withdraw', { contract: 'shop', onlyByRamp: ramp })
  for (const [place, port] of [21_600, 21_620, 21_640].entries()) {
    await order('enforce', rules(`up-${place}`, port))
    assert.equal((await order('hold', hold(`up-${place}`, port))).reason, 'held')
  }
  assert.deepEqual(
    broker.leases().map(({ claim, state }) => [claim.port, state]),
    [21_600, 21_620, 21_640].map((port) => [port, 'held']),
  )
  await order('withdraw', { contract: 'shop', owner: OWNER, onlyByRamp: 'up-2' })
  assert.equal((await undo('up-2')).reason, 'restored')
  assert.equal(broker.enforced.of('shop')?.ramp, 'up-1')
  assert.deepEqual(
    broker.enforced.earlierOf('shop').map(({ ramp }) => ramp),
    ['up-0'],
  )
  const retired = await order('retire', {
    contract: 'shop',
    digest: digestOf({ first: 21_620 }),
  })
  assert.equal(retired.reason, 'retired', retired.sentence)
  assert.deepEqual(
    broker.leases().map(({ claim }) => claim.port),
    [21_620],
    'what was held for nobody is let go of',
  )
})

test('a quota counts what an owner has by the revision in force, and not what it is to leave', async (context) => {
  const { broker, order } = await makeBench(context)
  const one = (ramp: string, first: number): JsonObject => {
    const [range] = policyOf({ first, last: first + 9, perService: 1 }).ranges
    const policy = JSON.parse(JSON.stringify({ ranges: [range] })) as JsonObject
    return { ...rules(ramp, first), policy }
  }
  await order('enforce', one('up-1', 21_700))
  const [old] = granted(await broker.claim([wish('shop/api')]))
  await order('enforce', one('up-2', 21_750))
  const [young] = granted(await broker.claim([wish('shop/api')]))
  assert.ok(old !== undefined && young !== undefined && young.claim.port >= 21_750)
  const more = await broker.claim([wish('shop/api', { owner: { service: 'shop/api', port: 'x' } })])
  assert.equal(more.verdict === 'refused' ? more.reason : '', 'quota')
})

function stateOf(broker: LocalPortBroker, port: number): string | undefined {
  return broker.leases().find(({ claim }) => claim.port === port)?.state
}

test('the machine is asked, and whatever is malformed is answered', async (context) => {
  const { order, ask } = await makeBench(context)
  const { ephemeral } = readMachineFacts()
  const [range] = policyOf({ first: ephemeral.first, last: ephemeral.first + 1 }).ranges
  const fits = await ask({ machine: { ranges: [JSON.parse(JSON.stringify(range))] } })
  assert.deepEqual([fits.verdict, fits.outlook, fits.reason], ['failed', 'terminal', 'ephemeral'])
  assert.equal((await ask({ what: 'else' })).verdict, 'errored')
  assert.equal((await order('enforce', { contract: 'shop' })).reason, 'input-malformed')
  assert.equal((await order('polish', {})).reason, 'operation-unknown')
  assert.equal((await order('hold', hold('up-1', 40_000))).verdict, 'failed')
})

test('numbers side by side are one span', () => {
  assert.deepEqual(spansOf(new Set([9, 8, 5, 10])), [
    { first: 5, last: 5 },
    { first: 8, last: 10 },
  ])
})
