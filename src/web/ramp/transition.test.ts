/** A component that changes hands, as the plan of its contract has it, told at every step of the way. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import { parseContracts, planContract } from '../../contracts/index.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { leasesOfStart } from './start-leases.ts'
import { type FrontedTransition, hasTransitions, transitionsOf } from './transition.ts'

const URL = `http://$\{self.host}:$\{self.ports.http}/`

function driven(web: JsonObject = {}, beside: JsonObject = {}): Drive {
  const run = { command: ['node', 'web.js'], ports: { http: {} } }
  const component = { run, ready: [{ name: 'answers', http: { url: URL } }], roll: {}, ...web }
  const value = {
    ...{ apiVersion: 'rampart/v1', kind: 'Environment', metadata: { name: 'shop' } },
    spec: { components: { web: component, ...beside }, watch: false },
  }
  const { contracts, issues } = parseContracts([{ path: 'shop.yaml', value }])
  const [contract] = contracts
  assert.ok(contract !== undefined, JSON.stringify(issues))
  return new Drive(planContract(contract, { goal: 'up' }))
}

function done(drive: Drive, stage: string, outputs: JsonObject = {}): void {
  const command = drive.stage(stage).inFlight?.id ?? 'none'
  const answer = { verdict: 'done', reason: 'done', sentence: 'It is done.' } as const
  drive.hear({ type: 'command', command, answer: { ...answer, outputs, retryable: false } })
}

function prove(drive: Drive): void {
  drive.answer('web:running', 'passed')
  drive.answer('web:answers', 'passed')
}

function told(drive: Drive): FrontedTransition {
  const [transition] = transitionsOf(drive.state)
  assert.ok(transition?.by === 'front')
  return transition
}

function standings(drive: Drive): string {
  return told(drive)
    .steps.map(({ key, standing }) => `${key} ${standing}`)
    .join(', ')
}

const FRONT = { host: '127.0.0.1', ports: { http: 21_000 }, serving: ['shop/web#1'] }
const STARTED = { instance: 'shop/web#2', pid: 42, ports: { http: 21_002 } }

test('tells at each step where the front points, what is under way, and who serves', () => {
  const drive = driven()
  assert.ok(hasTransitions(drive.state))
  assert.equal(told(drive).sentence, 'Nobody serves yet: clients wait at the front.')
  done(drive, 'web/front', FRONT)
  assert.equal(
    told(drive).sentence,
    'shop/web#1 serves; the new one gets nothing before it is proved.',
  )
  assert.equal(told(drive).at?.key, 'start')
  done(drive, 'web', STARTED)
  assert.deepEqual(told(drive).fresh, [{ stage: 'web', ...STARTED }])
  assert.deepEqual([told(drive).at?.key, told(drive).pointing], ['prove', 'old'])
  assert.ok((told(drive).at?.dueMs ?? 0) > drive.nowMs)
  prove(drive)
  assert.equal(told(drive).sentence, 'Traffic is being moved to shop/web#2.')
  done(drive, 'web/route')
  assert.equal(told(drive).sentence, 'shop/web#2 serves; shop/web#1 gets nothing new.')
  drive.answer('web/drained:in-flight', 'failed', { evidence: { inFlight: 3 } })
  assert.equal(told(drive).sentence, 'shop/web#2 serves; 3 requests are under way at shop/web#1.')
  assert.equal(
    standings(drive),
    'front done, start done, prove done, route done, drain doing, stop todo',
  )
  drive.answer('web/drained:in-flight', 'passed', { evidence: { inFlight: 0 } })
  assert.equal(told(drive).at?.key, 'stop')
  done(drive, 'web/retire')
  assert.equal(told(drive).sentence, 'shop/web#2 serves; shop/web#1 is stopped, cleanly.')
  assert.deepEqual([told(drive).isUnclean, told(drive).at], [false, undefined])
})

test('says that it was unclean when the time was over with something under way', () => {
  const drive = driven()
  done(drive, 'web/front', FRONT)
  done(drive, 'web', STARTED)
  prove(drive)
  done(drive, 'web/route')
  const over = { outlook: 'terminal', reason: 'unclean', evidence: { inFlight: 2 } } as const
  drive.answer('web/drained:in-flight', 'failed', over)
  assert.ok(told(drive).isUnclean)
  done(drive, 'web/retire')
  assert.equal(
    told(drive).sentence,
    'shop/web#2 serves; shop/web#1 is stopped with something still under way.',
  )
})

test('says after a failure that who served before serves on', () => {
  const drive = driven({ deadline: '1s' })
  done(drive, 'web/front', FRONT)
  done(drive, 'web', STARTED)
  drive.pass(2_000)
  assert.ok(told(drive).isUndone)
  assert.equal(told(drive).at?.key, 'prove')
  assert.equal(told(drive).at?.standing, 'failed')
  assert.equal(told(drive).sentence, 'shop/web#1 serves, as before: the new one is taken back.')
})

test('waits with the old one for the rest of the ramp, and takes over what is as it should be', () => {
  const drive = driven({}, { smoke: { needs: ['web'], run: { command: ['true'], oneShot: true } } })
  done(drive, 'web/front', FRONT)
  done(drive, 'web', { ...STARTED, instance: 'shop/web#1' })
  prove(drive)
  done(drive, 'web/route')
  assert.equal(told(drive).at?.key, 'rest')
  assert.equal(told(drive).sentence, 'shop/web#1 runs already as wanted; nothing changes hands.')
  const smoke = drive.stage('smoke').inFlight
  assert.notEqual(smoke, undefined)
})

test('tells of copies as of one set: those that stay are not among those that go', () => {
  const drive = driven({ copies: 2 })
  const [one, two] = told(drive).fresh.map(({ stage = '' }) => stage)
  assert.ok(one !== undefined && two !== undefined)
  done(drive, 'web/front', { ...FRONT, serving: ['shop/web#1', 'shop/web#2', 'shop/web#3'] })
  assert.equal(told(drive).old.length, 3)
  for (const [stage, instance] of [
    [one, 'shop/web#2'],
    [two, 'shop/web#4'],
  ] as const) {
    done(drive, stage, { ...STARTED, instance })
    drive.answer(`${stage}:running`, 'passed')
    drive.answer(`${stage}:answers`, 'passed')
  }
  assert.deepEqual(
    told(drive).old.map(({ instance }) => instance),
    ['shop/web#1', 'shop/web#3'],
  )
  done(drive, 'web/route')
  assert.equal(
    told(drive).sentence,
    'shop/web#2 and shop/web#4 serve; shop/web#1 and shop/web#3 get nothing new.',
  )
})

test('finds the leases of a start by its number, and takes no front for one', () => {
  const lease = (instance: string | undefined, port: number, more = {}): PortLease =>
    ({
      owner: { service: 'shop/web', port: 'http', ...(instance && { instance }) },
      claim: { port },
      ...more,
    }) as PortLease
  const all = [lease('2', 3), lease('2', 2), lease('1', 1), lease(undefined, 4, { front: 'http' })]
  const found = leasesOfStart(all, 'shop/web', { instance: 'shop/web#2' })
  assert.deepEqual(
    found.map(({ claim }) => claim.port),
    [2, 3],
  )
})
