/** What is promised is read off the plan; what is proved, off what was seen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commandOf, planOf, probed, stageOf } from '../../test/support/plan-words.ts'
import { promisesOf } from './promises.ts'
import { proofOf, type Sighting } from './proof.ts'

const look = commandOf('look')

const PLAN = planOf([
  stageOf('db', { command: look, conditions: [probed('sql'), probed('running')] }),
  stageOf('schema', { needs: ['db:started'], conditions: [probed('tables')] }),
  stageOf('api', { command: look, needs: ['schema:started'], conditions: [probed('ready')] }),
])

const SEEN: Sighting = {
  fault: 'db hangs',
  hit: 'db',
  mustNotice: [{ stage: 'db', condition: 'sql' }],
  noticed: [
    { stage: 'db', condition: 'sql', afterMs: 12, sentence: '' },
    { stage: 'api', condition: 'ready', afterMs: 30, sentence: '' },
  ],
  recoveredMs: 5,
  stillBroken: [],
}

test('a component stands on the nearest running ones, through what does not keep running', () => {
  const { conditions, edges } = promisesOf(PLAN)
  assert.equal(conditions.length, 4)
  assert.deepEqual(edges, [
    { from: 'schema', to: 'db' },
    { from: 'api', to: 'db' },
  ])
})

test('what told of a fault is proved, and what did not is not', () => {
  const proof = proofOf(promisesOf(PLAN), [SEEN])
  assert.equal(proof.verdict, 'unproved')
  assert.deepEqual(
    proof.conditions.filter((one) => one.isProved).map((one) => `${one.stage}/${one.condition}`),
    ['db/sql', 'api/ready'],
  )
  assert.deepEqual(
    proof.edges.map(({ from, isProved }) => [from, isProved]),
    [
      ['schema', false],
      ['api', true],
    ],
  )
})

test('a condition that missed one fault is not proved by another', () => {
  const missed: Sighting = { ...SEEN, fault: 'db lies', noticed: [] }
  const [sql] = proofOf(promisesOf(PLAN), [SEEN, missed]).conditions
  assert.equal(sql?.isProved, false)
  assert.deepEqual(sql?.missed, ['db lies'])
})

test('what never became well again is no proof', () => {
  const noticed = ['db/sql', 'db/running', 'schema/tables', 'api/ready'].map((name) => {
    const [stage = '', condition = ''] = name.split('/')
    return { stage, condition, afterMs: 1, sentence: '' }
  })
  assert.equal(proofOf(promisesOf(PLAN), [{ ...SEEN, noticed }]).verdict, 'proved')
  const ill: Sighting = { ...SEEN, noticed, stillBroken: ['api: ready: 503'] }
  assert.equal(proofOf(promisesOf(PLAN), [ill]).verdict, 'unproved')
})

test('what could not be made false is not proved, and says why', () => {
  const untried: Sighting = { ...SEEN, fault: 'db lies', noticed: [], untried: 'it is read-only' }
  const proof = proofOf(promisesOf(PLAN), [SEEN, untried])
  const [sql] = proof.conditions
  assert.equal(sql?.isProved, false)
  assert.deepEqual(sql?.missed, [])
  assert.deepEqual(sql?.untried, [{ fault: 'db lies', why: 'it is read-only' }])
  const [edge] = proofOf(promisesOf(PLAN), [{ ...untried, hit: 'db' }]).edges
  assert.deepEqual([edge?.isProved, edge?.isTried], [false, false])
})
