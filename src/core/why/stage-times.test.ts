import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import { commandOf, planOf, probed, stageOf } from '../../../test/support/plan-words.ts'
import { timesOf } from './stage-times.ts'

/** Drives a stage whose needs are met: its command takes `commandMs`, its proof `proofMs`. */
function bringUp(drive: Drive, name: string, commandMs: number, proofMs: number): void {
  drive.pass(commandMs)
  drive.done(name)
  drive.pass(proofMs)
  drive.answer(`${name}:up`, 'passed')
}

const up = (name: string, ...needs: readonly string[]): ReturnType<typeof stageOf> =>
  stageOf(name, { needs, command: commandOf('start'), conditions: [probed('up')] })

describe('where the time of a ramp went', () => {
  test('the chain that its length comes from has no slack, whatever stands beside it has', () => {
    const drive = new Drive(planOf([up('db'), up('cache'), up('api', 'db', 'cache')]))
    bringUp(drive, 'cache', 10, 20)
    bringUp(drive, 'db', 70, 200)
    bringUp(drive, 'api', 40, 60)
    const times = timesOf(drive.state)
    assert.deepEqual(times.criticalPath, ['db', 'api'])
    assert.equal(times.criticalPathMs, 400)
    assert.equal(times.totalMs, 400)
    const told = times.stages.map(({ name, fromMs, ownMs, commandMs, proofMs, slackMs }) => [
      name,
      fromMs,
      ownMs,
      commandMs,
      proofMs,
      slackMs,
    ])
    assert.deepEqual(told, [
      ['db', 0, 300, 100, 200, 0],
      ['cache', 0, 30, 10, 20, 270],
      ['api', 300, 100, 40, 60, 0],
    ])
  })

  test('a stage that lets the next one in early counts no further on the path', () => {
    const drive = new Drive(planOf([up('db'), up('api', 'db:started')]))
    drive.pass(50)
    drive.done('db')
    drive.pass(100)
    drive.done('api')
    drive.answer('db:up', 'passed')
    drive.pass(30)
    drive.answer('api:up', 'passed')
    const times = timesOf(drive.state)
    assert.deepEqual(times.criticalPath, ['db', 'api'])
    assert.equal(times.criticalPathMs, 180)
    assert.deepEqual(
      times.stages.map((stage) => stage.slackMs),
      [0, 0],
    )
  })

  test('slack is handed on along a chain', () => {
    const drive = new Drive(planOf([up('a'), up('b', 'a'), up('slow')]))
    bringUp(drive, 'a', 10, 10)
    bringUp(drive, 'b', 10, 10)
    bringUp(drive, 'slow', 60, 0)
    const slacks = timesOf(drive.state).stages.map((stage) => [stage.name, stage.slackMs])
    assert.deepEqual(slacks, [
      ['a', 60],
      ['b', 60],
      ['slow', 0],
    ])
  })

  test('of a ramp that broke the path leads to the stage that is to blame', () => {
    const drive = new Drive(planOf([up('db'), up('other'), up('api', 'db')]))
    bringUp(drive, 'db', 10, 40)
    drive.pass(30)
    drive.done('api')
    drive.pass(20)
    drive.answer('api:up', 'failed', { outlook: 'terminal' })
    const stoppedAtMs = drive.nowMs
    drive.pass(500)
    const times = timesOf(drive.state, 'api', stoppedAtMs)
    assert.deepEqual(times.criticalPath, ['db', 'api'])
    assert.equal(times.totalMs, 100)
    const api = times.stages[2]
    assert.deepEqual([api?.reached, api?.ownMs, api?.slackMs], ['failed', 50, undefined])
    assert.equal(times.stages[1]?.reached, 'underWay')
  })

  test('what an earlier incarnation came to is not counted for the next one', () => {
    const flaky = {
      ...up('api'),
      retry: { limit: 1, backoffMs: 100 },
      compensation: commandOf('stop'),
    }
    const drive = new Drive(planOf([flaky]))
    bringUp(drive, 'api', 10, 10)
    assert.equal(timesOf(drive.state).stages[0]?.ownMs, 20)
    const again = new Drive(planOf([flaky, up('other')]))
    again.pass(10)
    again.done('api')
    again.answer('api:up', 'failed', { outlook: 'terminal' })
    again.pass(5)
    again.done('api')
    again.pass(100)
    bringUp(again, 'api', 10, 20)
    const [api] = timesOf(again.state).stages
    assert.deepEqual([api?.fromMs, api?.ownMs, api?.reached], [115, 30, 'ready'])
  })
})
