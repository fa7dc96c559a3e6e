/** A component whose starts share a socket, as the plan of its contract has it, told at every step. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import { parseContracts, planContract } from '../../contracts/index.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { killedAfter } from './shared-words.ts'
import { hasTransitions, type SharedTransition, transitionsOf } from './transition.ts'

const SMOKE = { smoke: { needs: ['web'], run: { command: ['true'], oneShot: true } } }

function web(): JsonObject {
  const run = { command: ['node', 'web.js'], ports: { http: {}, admin: {} } }
  const roll = { by: 'descriptor', drain: '10s', ports: ['http'] }
  return { run, ready: [{ log: { pattern: '^accepts$' } }], roll }
}

function driven(different: JsonObject = {}, beside: JsonObject = {}): Drive {
  const components = { web: { ...web(), ...different }, ...beside }
  const value = {
    ...{ apiVersion: 'rampart/v1', kind: 'Environment', metadata: { name: 'shop' } },
    spec: { components, watch: false },
  }
  const { contracts, issues } = parseContracts([{ path: 'shop.yaml', value }])
  const [contract] = contracts
  assert.ok(contract !== undefined, JSON.stringify(issues))
  return new Drive(planContract(contract, { goal: 'up' }))
}

const STARTED = {
  ...{ instance: 'shop/web#2', pid: 42, host: '127.0.0.1', adopted: false },
  ...{ ports: { http: 21_000, admin: 21_002 }, sharesWith: ['shop/web#1'] },
}

function start(drive: Drive, more: JsonObject = {}, stage = 'web'): void {
  drive.done(stage, 'done', { outputs: { ...STARTED, ...more } })
}

function prove(drive: Drive, stage = 'web'): void {
  drive.answer(`${stage}:running`, 'passed')
  drive.answer(`${stage}:log`, 'passed')
}

function told(drive: Drive): SharedTransition {
  const transition = transitionsOf(drive.state).find(({ component }) => component === 'web')
  assert.ok(transition?.by === 'socket')
  return transition
}

function standings(drive: Drive): string {
  return told(drive)
    .steps.map(({ key, standing }) => `${key} ${standing}`)
    .join(', ')
}

function at(drive: Drive): readonly string[] {
  const { oldAt, freshAt } = told(drive)
  return [oldAt, freshAt]
}

test('tells at each step who has the socket, and that both serve until the old one is asked to end', () => {
  const drive = driven({}, SMOKE)
  assert.ok(hasTransitions(drive.state))
  assert.equal(
    told(drive).sentence,
    'Whoever served before serves on; the new one is being started beside it.',
  )
  assert.deepEqual([told(drive).isOldKnown, at(drive)], [false, ['accepts', 'away']])
  start(drive)
  assert.deepEqual(told(drive).ports, { http: 21_000 })
  assert.deepEqual(told(drive).fresh, [
    { stage: 'web', instance: 'shop/web#2', pid: 42, ports: { admin: 21_002 } },
  ])
  assert.deepEqual(told(drive).old, [{ instance: 'shop/web#1', ports: {} }])
  assert.equal(
    told(drive).sentence,
    'shop/web#1 serves; shop/web#2 is being proved, and may answer on the same socket already.',
  )
  assert.deepEqual(at(drive), ['accepts', 'unproved'])
  prove(drive)
  assert.equal(standings(drive), 'start done, prove done, rest doing, stop todo')
  assert.equal(
    told(drive).sentence,
    'shop/web#1 and shop/web#2 serve on the same socket, until all else is proved.',
  )
  assert.deepEqual(at(drive), ['accepts', 'accepts'])
  drive.done('smoke')
  drive.answer('smoke:exit', 'passed')
  assert.equal(told(drive).at?.key, 'stop', drive.phases())
  assert.equal(
    told(drive).sentence,
    'shop/web#2 serves; shop/web#1 is asked to end, and finishes what it has.',
  )
  assert.deepEqual(at(drive), ['finishes', 'accepts'])
  assert.equal(told(drive).at?.dueMs, drive.nowMs + 10_000)
  assert.equal(killedAfter(told(drive)), 'What has not ended after 10.0 s is killed.')
  drive.done('web/retire', 'done', { outputs: { forced: false } })
  assert.equal(told(drive).sentence, 'shop/web#2 serves; shop/web#1 has ended.')
  assert.deepEqual(
    [told(drive).isUnclean, told(drive).at, at(drive)],
    [false, undefined, ['away', 'accepts']],
  )
})

test('says that the old one had to be killed', () => {
  const drive = driven({ roll: { by: 'descriptor', ports: ['http'] } })
  start(drive)
  prove(drive)
  assert.match(killedAfter(told(drive)) ?? '', /30\.0 s is killed, unless a Ports contract/)
  drive.done('web/retire', 'done', { outputs: { forced: true } })
  assert.ok(told(drive).isUnclean)
  assert.equal(
    told(drive).sentence,
    'shop/web#2 serves; shop/web#1 had to be killed, and what was under way there was cut off.',
  )
})

test('says after a failure that who served before serves on', () => {
  const drive = driven({ deadline: '1s' })
  start(drive)
  drive.pass(2_000)
  assert.equal(standings(drive), 'start undone, prove failed, stop todo')
  assert.equal(told(drive).sentence, 'shop/web#1 serves on; shop/web#2 is being taken back.')
  drive.done('web')
  assert.equal(told(drive).sentence, 'shop/web#1 serves, as before: shop/web#2 is taken back.')
  assert.deepEqual(at(drive), ['accepts', 'away'])
})

test('says that one which could not be started changes nothing', () => {
  const drive = driven()
  drive.done('web', 'failed')
  assert.ok(told(drive).isUndone)
  drive.done('web')
  assert.equal(
    told(drive).sentence,
    'Whoever served before serves, as before: the new one did not start.',
  )
})

test('says of one that nobody proves and nobody takes back that it may answer', () => {
  const drive = driven({ deadline: '1s', onBreach: 'hold' })
  start(drive)
  drive.pass(2_000)
  assert.equal(
    told(drive).sentence,
    'shop/web#1 serves; shop/web#2 is not proved, yet runs, and may answer on the same socket.',
  )
  assert.deepEqual(at(drive), ['accepts', 'unproved'])
})

test('says that nobody is ended where nobody would go on in its place, and what could not be ended', () => {
  for (const [reason, sentence] of [
    ['nobody-in-its-place', 'shop/web#1 serves on: nobody runs in its place.'],
    ['left-behind', 'shop/web#2 serves; shop/web#1 could not be ended.'],
  ] as const) {
    const drive = driven()
    start(drive)
    prove(drive)
    drive.done('web/retire', 'failed', { reason })
    assert.equal(told(drive).sentence, sentence)
    assert.equal(told(drive).at?.standing, 'failed')
  }
})

test('hides from nobody that the old one was asked to end before the new one is taken back', () => {
  const drive = driven()
  start(drive)
  prove(drive)
  drive.done('web/retire', 'failed')
  drive.say({ say: 'abort', undo: true, why: 'it is wrong' })
  assert.equal(
    told(drive).sentence,
    'shop/web#2 is being taken back, though shop/web#1 was asked to end.',
  )
})

test('says of a first start that nobody served before, and of one that runs that nothing changes', () => {
  const first = driven()
  start(first, { instance: 'shop/web#1', sharesWith: [] })
  assert.equal(
    told(first).sentence,
    'Nobody served before; shop/web#1 is being proved, and may answer on the same socket already.',
  )
  prove(first)
  assert.equal(told(first).sentence, 'shop/web#1 serves; nobody did before.')
  const again = driven()
  start(again, { instance: 'shop/web#1', adopted: true, sharesWith: [] })
  assert.equal(told(again).sentence, 'shop/web#1 runs already as wanted; nothing changes hands.')
})

test('says that nobody serves where the old one had ended when the new one is taken back', () => {
  const drive = driven({}, { other: web() })
  start(drive)
  prove(drive)
  start(drive, { instance: 'shop/other#2', sharesWith: ['shop/other#1'] }, 'other')
  prove(drive, 'other')
  drive.done('web/retire', 'done', { outputs: { forced: false } })
  drive.done('other/retire', 'failed')
  drive.say({ say: 'abort', undo: true, why: 'it is wrong' })
  assert.equal(
    told(drive).sentence,
    'shop/web#2 is being taken back, though shop/web#1 had ended: nobody serves.',
  )
})

test('says that what proved the new one does not hold any more', () => {
  const drive = driven({ onBreach: 'hold' }, SMOKE)
  start(drive)
  prove(drive)
  drive.answer('web:running', 'failed')
  assert.equal(
    told(drive).sentence,
    'shop/web#1 serves; what proved shop/web#2 does not hold any more.',
  )
})

test('tells of it beside a component that has a front', () => {
  const run = { command: ['x'], ports: { http: {} } }
  const drive = driven({}, { api: { run, ready: [{ exit: 'running' }], roll: {} } })
  assert.deepEqual(
    transitionsOf(drive.state).map(({ component, service, by }) => [component, service, by]),
    [
      ['api', 'shop/api', 'front'],
      ['web', 'shop/web', 'socket'],
    ],
  )
})
