/** The plan can carry all five kinds: one of each by hand, its happy path, and what may go wrong. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Plan } from '../../src/core/plan/plan.ts'
import { describeFailure } from './describe-failure.ts'
import { constraintPlan } from './plans/constraint.ts'
import { environmentPlan } from './plans/environment.ts'
import { portsPlan } from './plans/ports.ts'
import { rolloutPlan } from './plans/rollout.ts'
import { servicePlan } from './plans/service.ts'
import { Rig } from './rig.ts'
import { simulate } from './simulation.ts'

const MINUTE_MS = 60_000

test('an environment brings up its second region only once the first is ready', async () => {
  const rig = new Rig()
  await rig.open(environmentPlan())
  assert.ok(await rig.until('ramp.ended reached'))
  const happened = rig.happened()
  const lastOfEu = Math.max(
    ...['api', 'schema', 'db'].map((c) => happened.indexOf(`stage.ready eu/${c}`)),
  )
  const firstOfUs = happened.findIndex((what) => what.startsWith('stage.entered us/'))
  assert.ok(lastOfEu < firstOfUs)
  assert.ok(
    happened.indexOf('stage.completed eu/schema') < happened.indexOf('stage.entered eu/api'),
  )
  assert.deepEqual([...rig.world.things.keys()].sort(), [
    'eu/api',
    'eu/db',
    'eu/schema',
    'us/api',
    'us/db',
    'us/schema',
  ])
})

test('an environment whose first region crashes while the second comes up is undone as a whole', async () => {
  const rig = new Rig()
  const ramp = await rig.open(environmentPlan())
  await rig.until('stage.entered us/db')
  const thing = rig.world.things.get('eu/api')
  assert.ok(thing)
  thing.status = 'crashed'
  assert.ok(await rig.until('ramp.ended undone'))
  const undone = rig.happened().filter((what) => what.startsWith('stage.undone'))
  assert.deepEqual(undone.slice(-3), [
    'stage.undone eu/api',
    'stage.undone eu/schema',
    'stage.undone eu/db',
  ])
  assert.deepEqual(rig.world.remainsOf(ramp), [])
  assert.ok(rig.happened().includes('ramp.undoing ready'))
})

test('a constraint expands after five good minutes and reaches its target when two approve', async () => {
  const rig = await openConstraint()
  const ramp = rig.ramp
  await rig.until('stage.ready expand')
  assert.ok(rig.atMs('stage.entered expand') >= 5 * MINUTE_MS)
  assert.equal(rig.world.limit('checkout-writes'), 4_000)
  rig.approve(ramp, 'target:approval', 'one', 'sre')
  rig.approve(ramp, 'target:approval', 'one', 'sre')
  rig.approve(ramp, 'target:approval', 'proposer', 'sre')
  await rig.pass(MINUTE_MS)
  assert.ok(!rig.happened().includes('stage.entered target'), 'one person is not two')
  rig.approve(ramp, 'target:approval', 'another', 'sre')
  assert.ok(await rig.until('ramp.ended reached'))
  assert.equal(rig.world.limit('checkout-writes'), 10_000)
})

test('a metric that fails once begins its five minutes anew', async () => {
  const rig = await openConstraint()
  await rig.pass(4 * MINUTE_MS)
  rig.world.facts.set('fast', 'failed')
  await rig.pass(MINUTE_MS / 2)
  rig.world.facts.set('fast', 'passed')
  await rig.until('stage.entered expand')
  assert.ok(rig.atMs('stage.entered expand') >= 9.5 * MINUTE_MS)
})

test('a metric that is inconclusive holds the phase and never lets it pass', async () => {
  const rig = await openConstraint()
  rig.world.facts.set('fast', 'inconclusive')
  await rig.pass(20 * MINUTE_MS)
  assert.ok(!rig.happened().includes('stage.entered expand'))
})

test('a constraint steps back after thirty bad seconds and expands again when all is well', async () => {
  const rig = await openConstraint()
  await rig.until('stage.ready expand')
  rig.world.facts.set('not-slow', 'failed')
  await rig.pass(20_000)
  rig.world.facts.set('not-slow', 'passed')
  await rig.pass(MINUTE_MS)
  assert.equal(rig.world.limit('checkout-writes'), 4_000, 'twenty seconds are forgiven')
  rig.world.facts.set('not-slow', 'failed')
  await rig.pass(40_000)
  assert.equal(rig.world.limit('checkout-writes'), 500)
  rig.world.facts.set('not-slow', 'passed')
  await rig.pass(10 * MINUTE_MS)
  assert.equal(rig.world.limit('checkout-writes'), 4_000)
  const entered = rig.happened().filter((what) => what === 'stage.entered expand')
  assert.equal(entered.length, 2)
})

test('a rollout that drifts in the middle holds, and goes on when the config is as tested again', async () => {
  const rig = openRollout()
  const ramp = await rig.open(rolloutPlan('hold'))
  await rig.until('stage.entered expose-25')
  rig.world.facts.set('config-as-tested', 'failed')
  assert.ok(await rig.until('ramp.held no-drift'))
  await rig.pass(120 * MINUTE_MS)
  assert.ok(!rig.happened().includes('stage.entered expose-100'))
  assert.equal(rig.world.limit('exposure'), 2_500, 'what is exposed stays exposed')
  rig.world.facts.set('config-as-tested', 'passed')
  await rig.pass(MINUTE_MS)
  rig.say(ramp, { say: 'resume', why: 'the config is back' })
  assert.ok(await rig.until('ramp.ended reached'))
  assert.equal(rig.world.limit('exposure'), 10_000)
})

test('a rollout that reverts on drift is undone step by step', async () => {
  const rig = openRollout()
  const ramp = await rig.open(rolloutPlan('undo'))
  await rig.until('stage.entered expose-25')
  rig.world.facts.set('config-as-tested', 'failed')
  assert.ok(await rig.until('ramp.ended undone'))
  const undone = rig.happened().filter((what) => what.startsWith('stage.undone'))
  assert.deepEqual(undone, ['stage.undone expose-25', 'stage.undone expose-1'])
  assert.deepEqual(rig.world.remainsOf(ramp), [])
})

test('a rollout whose config has drifted before it begins exposes nothing', async () => {
  const rig = openRollout()
  rig.world.facts.set('config-as-tested', 'failed')
  await rig.open(rolloutPlan('hold'))
  await rig.pass(30 * MINUTE_MS)
  assert.ok(!rig.happened().includes('stage.entered expose-1'))
  assert.equal(rig.world.limit('exposure'), 0)
})

test('a port changes hands, lingers and cools', async () => {
  const rig = openPorts()
  await rig.open(portsPlan())
  assert.ok(await rig.until('ramp.ended reached'))
  assert.ok([...(rig.world.ports.get('api') ?? [])].every((owner) => owner.endsWith('@new')))
  const cooledMs = rig.atMs('stage.ready cool') - rig.atMs('stage.entered cool')
  assert.ok(cooledMs >= 90_000)
  assert.deepEqual(rig.world.violations, [])
})

test('a port whose new owner fails before the pivot stays with the old one', async () => {
  const rig = openPorts()
  const ramp = await rig.open(portsPlan())
  await rig.until('stage.started start-new')
  const thing = rig.world.things.get('new-owner')
  assert.ok(thing)
  thing.status = 'crashed'
  assert.ok(await rig.until('ramp.ended undone'))
  assert.deepEqual([...(rig.world.ports.get('api') ?? [])], ['somebody@old'])
  assert.deepEqual(rig.world.remainsOf(ramp), [])
})

test('a port past its pivot holds instead of going back', async () => {
  const rig = openPorts()
  const ramp = await rig.open(portsPlan())
  await rig.until('stage.ready route-to-new')
  const thing = rig.world.things.get('new-owner')
  assert.ok(thing)
  thing.status = 'crashed'
  assert.ok(await rig.until('ramp.held ready'))
  const refusal = rig.engine.say(ramp, 'operator', { say: 'abort', undo: true, why: '' })
  assert.equal(refusal?.reason, 'past-pivot')
  assert.ok([...(rig.world.ports.get('api') ?? [])].every((owner) => owner.endsWith('@new')))
})

test('a drain that misses its deadline is let pass, but does not count as clean', async () => {
  const rig = openPorts()
  rig.world.facts.set('none-in-flight', 'failed')
  const ramp = await rig.open(portsPlan())
  await rig.until('stage.excused drain')
  const drain = rig.state(ramp).stages.find((stage) => stage.name === 'drain')
  assert.equal(drain?.unclean, true)
  assert.ok(await rig.until('ramp.ended reached'))
  assert.ok(rig.atMs('stage.excused drain') - rig.atMs('stage.entered drain') >= 30_000)
})

test('a service release is built, checked, switched, verified and retires what was before', async () => {
  const rig = await openService()
  assert.ok(await rig.until('stage.ready verify'))
  await rig.pass(24 * 60 * MINUTE_MS + MINUTE_MS)
  assert.ok(rig.happened().includes('ramp.ended reached'))
  const ready = rig.happened().filter((what) => what.startsWith('stage.ready'))
  assert.deepEqual(
    ready.map((what) => what.split(' ')[1]),
    ['build', 'check', 'switch', 'verify', 'retire'],
  )
})

test('a service release that is not compatible is never switched to', async () => {
  const rig = await openService((facts) => facts.set('compatible', 'failed'))
  assert.ok(await rig.until('ramp.ended undone'))
  assert.equal(rig.world.limit('traffic-to-v2'), 0)
  assert.ok(!rig.happened().includes('stage.entered switch'))
})

test('a service release that does not verify is switched back', async () => {
  const rig = await openService((facts) => facts.set('on-digest', 'failed'))
  assert.ok(await rig.until('ramp.ended undone'))
  assert.ok(rig.happened().includes('stage.ready switch'))
  assert.equal(rig.world.limit('traffic-to-v2'), 0)
  assert.deepEqual(rig.world.remainsOf(rig.ramp), [])
})

test('all five come to an end or hold, whatever goes wrong', async () => {
  const kinds: readonly (() => Plan)[] = [
    environmentPlan,
    constraintPlan,
    () => rolloutPlan('undo'),
    portsPlan,
    servicePlan,
  ]
  for (let seed = 1; seed <= 60; seed++) {
    const plan = kinds[seed % kinds.length]?.()
    assert.ok(plan)
    const result = await simulate({ seed, plans: [plan], ceilings: CEILINGS, mayWait: true })
    assert.equal(result.violations.length, 0, describeFailure(result))
  }
})

const CEILINGS = { 'checkout-writes': 10_000, exposure: 10_000, 'traffic-to-v2': 10_000 }

function rigWith(): Rig & { ramp: string } {
  const rig = Object.assign(new Rig(), { ramp: '' })
  for (const [limit, ceiling] of Object.entries(CEILINGS)) rig.world.ceilings.set(limit, ceiling)
  return rig
}

/** A constraint whose gate asks for news of the environment, which has been brought up before. */
async function openConstraint(): Promise<Rig & { ramp: string }> {
  const rig = rigWith()
  await rig.open(environmentPlan())
  await rig.until('ramp.ended reached')
  const before = rig.ledger.all.length
  rig.ramp = await rig.open(constraintPlan())
  rig.from = before
  return rig
}

function openRollout(): Rig {
  return rigWith()
}

function openPorts(): Rig {
  const rig = rigWith()
  rig.world.ports.set('api', new Set(['somebody@old']))
  return rig
}

async function openService(
  prepare: (facts: Rig['world']['facts']) => void = () => undefined,
): Promise<Rig & { ramp: string }> {
  const rig = rigWith()
  prepare(rig.world.facts)
  rig.ramp = await rig.open(servicePlan())
  await rig.until('stage.started check')
  rig.approve(rig.ramp, 'check:consumers', 'web', 'consumers')
  return rig
}
