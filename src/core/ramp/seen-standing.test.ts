import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import { commandOf, conditionOf, planOf, stageOf } from '../../../test/support/plan-words.ts'
import { openApprovals } from './open-approvals.ts'
import { isAskedStill, isHeldStill } from './seen-standing.ts'

function driveOf(): Drive {
  const gates = [conditionOf('approval', { ask: 'approval', from: ['sre'], count: 2 })]
  const command = commandOf('start')
  return new Drive(planOf([stageOf('db', { gates, command }), stageOf('api', { command })]))
}

test('a question still waits as it was shown while other stages go on, and not once somebody has answered', () => {
  const drive = driveOf()
  const [shown] = openApprovals(drive.state, drive.nowMs)
  assert.ok(shown)
  drive.done('api')
  assert.equal(isAskedStill(drive.state, shown, drive.nowMs), true)
  const { planDigest: digest } = drive.state
  drive.say({ say: 'approve', stage: 'db', condition: 'approval', digest, as: 'sre' }, 'anna')
  assert.equal(isAskedStill(drive.state, shown, drive.nowMs), false)
})

test('a ramp holds as it was shown until it holds by something else', () => {
  const drive = driveOf()
  drive.say({ say: 'hold', why: 'lunch' }, 'anna')
  const shown = drive.state
  drive.done('api')
  assert.equal(isHeldStill(drive.state, shown), true)
  drive.say({ say: 'resume', why: '' }, 'anna')
  drive.say({ say: 'hold', why: 'a fire' }, 'anna')
  assert.equal(isHeldStill(drive.state, shown), false)
})
