import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import { commandOf, planOf, probed, stageOf } from '../../../test/support/plan-words.ts'
import { present } from '../fault/assert.ts'
import { networkOf } from './network.ts'
import { type PastRamp, pastRampOf } from './past-ramp.ts'
import { samplesFor } from './samples.ts'
import { scheduleOf } from './schedule.ts'

const start = commandOf('start')
const answers = [probed('answers', {}, { holdMs: 50 })]

/** A database that holds for 50 ms, an API that begins on its first pass, a cache with a retry. */
const SHOP = planOf([
  stageOf('db', { command: start, conditions: answers }),
  stageOf('api', { command: start, conditions: [probed('answers')], needs: ['db:provisional'] }),
  stageOf('cache', {
    command: start,
    compensation: commandOf('stop'),
    conditions: [probed('answers')],
    retry: { limit: 1, backoffMs: 100 },
  }),
])

/** Ramps it up: db passes at 30 and is ready at 80, api at 70, cache at last at 300. */
function ramped(): PastRamp | undefined {
  const drive = new Drive(SHOP)
  const at = (ms: number): void => {
    drive.nowMs = 1_000 + ms
  }
  at(10)
  drive.done('db')
  drive.done('cache')
  at(30)
  drive.answer('db:answers', 'passed')
  at(40)
  drive.answer('cache:answers', 'failed', { outlook: 'terminal' })
  drive.done('api')
  drive.done('cache')
  at(70)
  drive.answer('api:answers', 'passed')
  at(80)
  drive.answer('db:answers', 'passed')
  drive.hear({ type: 'tick' })
  at(200)
  drive.hear({ type: 'tick' })
  drive.done('cache')
  at(300)
  drive.answer('cache:answers', 'passed')
  assert.equal(drive.state.ended?.outcome, 'reached')
  return pastRampOf(drive.state)
}

function times(past: PastRamp | undefined, name: string): object | undefined {
  return past?.stages.find((stage) => stage.name === name)?.times
}

describe('an earlier ramp', () => {
  test('tells of each stage how long it took from its needs being met', () => {
    const past = ramped()
    assert.equal(past?.totalMs, 300)
    const db = { startedMs: 10, provisionalMs: 30, readyMs: 80, completedMs: 80 }
    assert.deepEqual(times(past, 'db'), db)
    // It began when db had passed once, at 30.
    const api = { startedMs: 10, provisionalMs: 40, readyMs: 40, completedMs: 40 }
    assert.deepEqual(times(past, 'api'), api)
  })

  test('counts what was lost in a retry as time that the stage took', () => {
    const cache = { startedMs: 200, provisionalMs: 300, readyMs: 300, completedMs: 300 }
    assert.deepEqual(times(ramped(), 'cache'), cache)
  })

  test('scheduled with its own times is as long as it was', () => {
    const past = present(ramped(), 'it reached its goal')
    const { stages, missing } = samplesFor(SHOP, [past])
    assert.deepEqual(missing, [])
    const schedule = scheduleOf(
      networkOf(SHOP),
      stages.map((stage) => present(stage.times[0], 'there is a number')),
    )
    assert.equal(schedule.totalMs, past.totalMs)
    assert.deepEqual(schedule.readyMs, [80, 70, 300])
    assert.deepEqual(schedule.slackMs, [220, 230, 0])
  })

  test('that did not reach its goal tells nothing', () => {
    const drive = new Drive(SHOP)
    assert.equal(pastRampOf(drive.state), undefined)
  })

  test('tells nothing about what it found running, but which that was', () => {
    const plan = planOf([stageOf('db', { command: start })])
    const drive = new Drive(plan)
    const command = drive.stage('db').inFlight?.id ?? ''
    const answer = { verdict: 'done', reason: 'already-running', sentence: 'It runs.' } as const
    const outputs = { adopted: true }
    drive.hear({ type: 'command', command, answer: { ...answer, outputs, retryable: false } })
    const past = pastRampOf(drive.state)
    assert.deepEqual([past?.stages, past?.foundRunning], [[], ['db']])
  })
})

describe('numbers', () => {
  const past = present(ramped(), 'it reached its goal')

  test('are those of stages written as they are now, if there are any', () => {
    const rewritten = planOf(
      SHOP.stages.map((stage) =>
        stage.name === 'db' ? { ...stage, conditions: [probed('other')] } : stage,
      ),
    )
    const old = { ...past, ramp: 'old' }
    const now = samplesFor(rewritten, [old]).stages
    assert.deepEqual(
      now.map(({ name, source }) => [name, source]),
      [
        ['db', 'other-revision'],
        ['api', 'history'],
        ['cache', 'history'],
      ],
    )
  })

  test('may be estimated, an estimate outweighing what was recorded', () => {
    const estimate = { stage: 'db', leastMs: 100, mostMs: 200 }
    const [db] = samplesFor(SHOP, [past], [estimate]).stages
    assert.equal(db?.source, 'estimate')
    assert.deepEqual([db?.times[0]?.readyMs, db?.times.at(-1)?.readyMs], [100, 200])
    // Its hold is part of what is estimated.
    assert.equal(db?.times[0]?.provisionalMs, 50)
  })

  test('are never made up: a stage without any is named', () => {
    const more = planOf([...SHOP.stages, stageOf('queue')])
    assert.deepEqual(samplesFor(more, [past]).missing, ['queue'])
  })
})
