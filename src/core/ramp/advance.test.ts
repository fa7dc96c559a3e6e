/** The heart: what follows from what is heard. Each test that names a bug keeps it from coming back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import {
  commandOf,
  conditionOf,
  planOf,
  probed,
  stageOf,
} from '../../../test/support/plan-words.ts'
import type { Stage } from '../plan/plan.ts'

function working(name: string, rest: Parameters<typeof stageOf>[1] = {}): Stage {
  return stageOf(name, {
    command: commandOf('start', { name }),
    compensation: commandOf('stop', { name }),
    ...rest,
  })
}

const NEWS = { ask: 'ramp', subject: 'environment/shop', is: 'reached up' } as const

test('enters a stage once its needs are ready, and ends when all are', () => {
  const ready = [probed('ready')]
  const drive = new Drive(
    planOf([working('db', { conditions: ready }), working('api', { needs: ['db'] })]),
  )
  assert.equal(drive.phases(), 'db entered, api waiting')
  drive.done('db')
  assert.equal(drive.phases(), 'db started, api waiting')
  drive.answer('db:ready', 'passed')
  assert.equal(drive.phases(), 'db ready, api entered')
  drive.done('api')
  assert.equal(drive.state.ended?.outcome, 'reached')
})

test('counts an answer once, however often it is heard', () => {
  const drive = new Drive(
    planOf([working('db', { conditions: [probed('ready', {}, { consecutive: 2 })] })]),
  )
  drive.done('db')
  drive.answer('db:ready', 'passed', { attempt: 1 })
  assert.deepEqual(drive.answer('db:ready', 'passed', { attempt: 1 }), [])
  assert.equal(drive.phases(), 'db provisional')
  drive.answer('db:ready', 'passed', { attempt: 2 })
  assert.equal(drive.state.ended?.outcome, 'reached')
})

test('a pass that a deadline would quote does not prove that it held until then', () => {
  const held = probed('ready', {}, { holdMs: 50_000 })
  const drive = new Drive(planOf([working('db', { conditions: [held], deadlineMs: 60_000 })]))
  drive.done('db')
  drive.answer('db:ready', 'passed', { attempt: 1 })
  drive.nowMs += 60_000
  const { stage, condition, incarnation } = { stage: 'db', condition: 'ready', incarnation: 1 }
  const answer = {
    verdict: 'passed',
    outlook: 'notYet',
    reason: 'passed',
    sentence: '',
    evidence: {},
  } as const
  drive.hear({ type: 'answer', stage, condition, incarnation, answer, attempt: 1, isLast: true })
  drive.hear({ type: 'tick' })
  assert.equal(drive.state.direction, 'undoing')
})

test('a gate that fails is tried again, and then follows the policy of its stage', () => {
  const gate = probed('fair', {}, { deadlineMs: 5_000 })
  const retry = { limit: 1, backoffMs: 2_000 }
  const drive = new Drive(planOf([working('db', { gates: [gate], retry, onBreach: 'hold' })]))
  drive.pass(5_000)
  assert.equal(drive.phases(), 'db waiting')
  drive.pass(2_000)
  assert.equal(drive.phases(), 'db gated')
  drive.pass(5_000)
  assert.equal(drive.phases(), 'db failed')
  assert.equal(drive.state.held?.reason, 'deadline')
  drive.say({ say: 'resume', why: '' })
  drive.pass(10_000)
  const issued = drive.entries.filter((entry) => entry.type === 'command.issued')
  assert.deepEqual(issued, [], 'what was never entered is not taken back')
})

test('an optional stage that fails takes those that stand on it back, and the ramp goes on', () => {
  const drive = new Drive(
    planOf([
      working('cache', { optional: true, conditions: [probed('warm')], deadlineMs: 5_000 }),
      working('api', { needs: ['cache:started'] }),
    ]),
  )
  drive.done('cache')
  drive.done('api')
  assert.equal(drive.phases(), 'cache started, api ready')
  drive.pass(5_000)
  assert.equal(drive.phases(), 'cache undoing, api undoing')
  drive.done('api')
  drive.done('cache')
  drive.done('api')
  assert.equal(drive.phases(), 'cache left, api ready')
  assert.equal(drive.state.ended?.outcome, 'reached')
})

test('resuming takes back what stands on a failed stage before the stage itself', () => {
  const drive = new Drive(
    planOf([
      working('db', { conditions: [probed('ready')], deadlineMs: 5_000, onBreach: 'hold' }),
      working('api', { needs: ['db:started'] }),
    ]),
  )
  drive.done('db')
  drive.done('api')
  drive.pass(5_000)
  drive.say({ say: 'resume', why: '' })
  assert.equal(drive.phases(), 'db undoing, api undoing')
  assert.equal(drive.stage('db').inFlight, undefined)
  drive.done('api')
  assert.notEqual(drive.stage('db').inFlight, undefined)
})

test('a gate that is no longer open when the last one opens lets nobody in', () => {
  const approval = { ask: 'approval', from: ['sre'], count: 1 } as const
  const gates = [conditionOf('news', NEWS), conditionOf('approval', approval)]
  const drive = new Drive(planOf([working('db', { gates })]))
  drive.news('environment/shop', 'reached up')
  drive.news('environment/shop', 'undoing')
  const digest = drive.state.planDigest
  drive.say({ say: 'approve', stage: 'db', condition: 'approval', digest, as: 'sre' })
  assert.equal(drive.phases(), 'db gated')
  drive.news('environment/shop', 'reached up')
  assert.equal(drive.phases(), 'db entered')
})

test('a gate that was open and closed is held to its deadline again', () => {
  const gates = [
    conditionOf('news', NEWS, { deadlineMs: 5_000 }),
    conditionOf('wait', { ask: 'elapsed', ms: 4_000 }),
  ]
  const drive = new Drive(planOf([working('db', { gates, onBreach: 'hold' })]))
  drive.news('environment/shop', 'reached up')
  drive.news('environment/shop', 'undoing')
  drive.pass(6_000)
  assert.equal(drive.state.held?.condition, 'news')
})

test('a stage is not ready while a condition that was met is failing, forgiven or not', () => {
  const conditions = [
    probed('serving', {}, { tolerance: { failures: 5, ms: 0 } }),
    conditionOf('soak', { ask: 'elapsed', ms: 3_000 }),
  ]
  const drive = new Drive(planOf([working('api', { conditions })]))
  drive.done('api')
  drive.answer('api:serving', 'passed')
  drive.answer('api:serving', 'failed')
  drive.pass(4_000)
  assert.equal(drive.phases(), 'api provisional')
  drive.answer('api:serving', 'inconclusive')
  assert.equal(drive.phases(), 'api provisional')
  drive.answer('api:serving', 'passed')
  assert.equal(drive.state.ended?.outcome, 'reached')
})

test('nothing is entered on a promise that is broken in the same instant', () => {
  const drive = new Drive(
    planOf([
      working('api', {
        needs: ['db'],
        gates: [conditionOf('wait', { ask: 'elapsed', ms: 5_000 })],
      }),
      working('db', { conditions: [probed('ready')] }),
    ]),
  )
  drive.done('db')
  drive.answer('db:ready', 'passed')
  drive.nowMs += 5_000
  drive.answer('db:ready', 'failed')
  assert.equal(drive.entries.filter((entry) => entry.type === 'stage.entered').length, 1)
  assert.equal(drive.state.direction, 'undoing')
})

test('a guard whose failing is to be ignored does not make its stage ready', () => {
  const guard = probed('drift', {}, { onBreach: 'ignore' })
  const drive = new Drive(
    planOf([working('api', { guards: [guard], conditions: [probed('ready')] })]),
  )
  drive.done('api')
  drive.answer('api:drift', 'failed', { outlook: 'terminal' })
  assert.equal(drive.phases(), 'api started')
})

test('a guard that goes on passing does not fill the ledger', () => {
  const drive = new Drive(
    planOf([working('api', { guards: [probed('drift')], conditions: [probed('ready')] })]),
  )
  drive.done('api')
  assert.equal(drive.answer('api:drift', 'passed').length, 1)
  drive.nowMs += 10
  assert.equal(drive.answer('api:drift', 'passed').length, 0)
})

test("another ramp's state that fails is forgiven for as long as it says, and no longer", () => {
  const guard = conditionOf('shop', NEWS, { tolerance: { failures: 0, ms: 30_000 } })
  const slow = conditionOf('soak', { ask: 'elapsed', ms: 50_000 })
  const drive = new Drive(planOf([working('api', { guards: [guard], conditions: [slow] })]))
  drive.done('api')
  drive.news('environment/shop', 'undoing')
  drive.pass(29_000)
  assert.equal(drive.state.direction, 'forward')
  drive.pass(2_000)
  assert.equal(drive.state.direction, 'undoing')
})

test('past its pivot a ramp holds where it would have been undone', () => {
  const drive = new Drive(planOf([working('switch', { pivot: true })]))
  drive.done('switch', 'failed')
  assert.equal(drive.state.direction, 'forward')
  assert.equal(drive.state.held?.reason, 'failed')
  const refused = drive.say({ say: 'abort', undo: true, why: '' })
  assert.ok(refused.some((entry) => entry.type === 'word.refused' && entry.reason === 'past-pivot'))
})

test('undo that fails again and again holds, and goes on when it is resumed', () => {
  const drive = new Drive(planOf([working('db', { conditions: [probed('ready')] })]))
  drive.done('db')
  drive.say({ say: 'abort', undo: true, why: '' })
  for (let attempt = 0; attempt < 3; attempt++) {
    drive.done('db', 'failed')
    drive.pass(60_000)
  }
  assert.equal(drive.state.held?.reason, 'undo-failed')
  drive.say({ say: 'resume', why: '' })
  drive.done('db')
  assert.equal(drive.state.ended?.outcome, 'undone')
})

test('a stage that is tried again must be approved again, and may be although it was rejected', () => {
  const approval = { ask: 'approval', from: ['sre'], count: 1 } as const
  const gates = [conditionOf('approval', approval)]
  const drive = new Drive(planOf([working('db', { gates, onBreach: 'hold' })]))
  const digest = drive.state.planDigest
  const at = { stage: 'db', condition: 'approval', digest, as: 'sre' }
  drive.say({ say: 'reject', ...at })
  assert.equal(drive.state.held?.reason, 'rejected')
  drive.say({ say: 'resume', why: '' })
  drive.pass(60_000)
  assert.equal(drive.phases(), 'db gated')
  drive.say({ say: 'approve', ...at })
  assert.equal(drive.phases(), 'db entered')
})

test('a group that breaks is taken back with all that stands on it, and tried again when told so', () => {
  const ready = [probed('ready')]
  const groups = [
    { name: 'eu', needs: [] },
    { name: 'us', needs: [{ group: 'eu', until: 'ready' as const }] },
  ]
  const region = (group: string): readonly Stage[] => [
    working(`${group}/db`, { group, conditions: ready, onBreach: 'undoGroup' }),
    working(`${group}/api`, { group, needs: [`${group}/db`], onBreach: 'undoGroup' }),
  ]
  const stages = [
    ...region('eu'),
    ...region('us'),
    stageOf('agree', { needs: ['us/api'], conditions: [probed('same')] }),
  ]
  const drive = new Drive(planOf(stages, { groups }))
  for (const group of ['eu', 'us']) {
    drive.done(`${group}/db`)
    drive.answer(`${group}/db:ready`, 'passed')
    drive.done(`${group}/api`)
  }
  drive.answer('us/db:ready', 'failed')
  assert.equal(drive.state.held?.stage, 'us/db')
  const broken = 'eu/db ready, eu/api ready, us/db undoing, us/api undoing, agree waiting'
  assert.equal(drive.phases(), broken)
  drive.done('us/api')
  drive.done('us/db')
  assert.match(drive.phases(), /us\/db waiting, us\/api waiting/)
  assert.equal(drive.state.ended, undefined)
  drive.say({ say: 'resume', why: '' })
  drive.pass(100)
  assert.match(drive.phases(), /eu\/api ready, us\/db entered/)
})

test('of several stages that failed one is tried again, and the ramp holds again for the others', () => {
  const ready = { conditions: [probed('ready')], onBreach: 'hold' } as const
  const drive = new Drive(
    planOf([
      working('cache', ready),
      working('db', ready),
      working('queue', ready),
      working('api', { needs: ['db:ready'] }),
      working('worker', { needs: ['cache:ready', 'queue:ready'] }),
    ]),
  )
  for (const stage of ['cache', 'db', 'queue']) drive.done(stage, 'failed')
  assert.equal(drive.state.held?.stage, 'cache')
  const refusal = (stage: string): string | undefined => {
    const refused = drive.say({ say: 'resume', why: '', stage })
    return refused.map((entry) => (entry.type === 'word.refused' ? entry.sentence : '')).join('')
  }
  assert.match(refusal('nothing') ?? '', /^nothing is no stage of it; .*: cache, db, queue\.$/)
  assert.match(refusal('api') ?? '', /^api is waiting; only a stage that failed is tried again/)
  drive.say({ say: 'resume', why: '', stage: 'db' })
  drive.done('db')
  drive.pass(5_000)
  assert.equal(
    drive.phases(),
    'cache failed, db entered, queue failed, api waiting, worker waiting',
  )
  const isHeld = (): boolean => drive.state.held !== undefined
  assert.equal(isHeld(), false, 'while something moves it does not hold')
  // While db is under way a second one may be tried again as well.
  drive.say({ say: 'resume', why: '', stage: 'queue' })
  drive.done('queue')
  drive.pass(5_000)
  for (const stage of ['db', 'queue']) {
    drive.done(stage)
    drive.answer(`${stage}:ready`, 'passed')
  }
  assert.equal(drive.stage('api').phase, 'entered', 'what stands on none that failed goes on')
  drive.done('api')
  assert.equal(drive.state.held?.stage, 'cache')
  drive.say({ say: 'resume', why: '' })
  drive.done('cache')
  drive.pass(5_000)
  drive.done('cache')
  drive.answer('cache:ready', 'passed')
  drive.done('worker')
  assert.equal(drive.state.ended?.outcome, 'reached')
})
