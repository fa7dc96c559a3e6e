import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import { conditionOf, planOf, probeOf, stageOf } from '../../../test/support/plan-words.ts'
import type { Recorded } from '../../server/wire.ts'
import { attemptsOf } from './attempts.ts'
import { layoutOf, NODE } from './graph-layout.ts'
import { ticksOf } from './ticks.ts'
import { whatFollows, whyNot } from './what-follows.ts'

const command = { actuator: 'process', operation: 'start', input: {}, timeoutMs: 1_000 }
const conditions = [conditionOf('answers', probeOf('http'))]
const db = stageOf('db', { command, compensation: command, conditions })
const api = stageOf('api', { command, needs: ['db'] })

function begun(): Drive {
  const drive = new Drive(planOf([db, api]))
  drive.done('db')
  drive.answer('db:answers', 'failed')
  return drive
}

test('says before an abort what is taken back, and before a hold what goes on', () => {
  const { state } = begun()
  assert.match(whatFollows(state, { say: 'abort', undo: true })[0] ?? '', /One stage .*: db\.$/)
  assert.match(whatFollows(state, { say: 'abort', undo: false })[0] ?? '', /^db stays as it is/)
  assert.match(whatFollows(state, { say: 'hold' })[1] ?? '', /^db goes on/)
  assert.equal(whyNot(state, 'me', { say: 'hold' }), undefined)
  assert.match(whyNot(state, 'me', { say: 'resume' }) ?? '', /does not hold/)
})

test('keeps every recorded answer as evidence, the newest first', () => {
  const drive = begun()
  drive.answer('db:answers', 'passed')
  const recorded = drive.entries.map((entry, index): Recorded => {
    return { position: index + 1, sequence: index + 1, stream: 'ramp', hash: '', entry }
  })
  const attempts = attemptsOf(recorded, 'db').get('answers') ?? []
  assert.deepEqual(
    attempts.map(({ answer }) => answer.verdict),
    ['passed', 'failed'],
  )
})

test('lays stages out in lanes, to the right of what they need, and none upon another', () => {
  const inGroups = ['eu', 'us'].flatMap((group) => [
    { ...db, name: `${group}/db`, group },
    {
      ...api,
      name: `${group}/api`,
      group,
      needs: [{ stage: `${group}/db`, until: 'ready' as const }],
    },
  ])
  const groups = [
    { name: 'eu', needs: [] },
    { name: 'us', needs: [{ group: 'eu', until: 'ready' as const }] },
  ]
  const { lanes, places } = layoutOf(planOf(inGroups, { groups }))
  const at = (name: string) => places.get(name) ?? { x: Number.NaN, y: Number.NaN }
  assert.ok(at('eu/api').x >= at('eu/db').x + NODE.width)
  assert.ok(at('us/db').y >= at('eu/db').y + NODE.height)
  assert.deepEqual(
    lanes.map(({ name }) => name),
    ['eu', 'us'],
  )
})

test('marks an axis at a few round instants', () => {
  assert.deepEqual(ticksOf(6_540), [0, 2_000, 4_000, 6_000])
  for (const spanMs of [1, 80, 950, 61_000, 7_000_000, 90_000_000]) {
    assert.ok(ticksOf(spanMs).length >= 1 && ticksOf(spanMs).length <= 7)
  }
})
