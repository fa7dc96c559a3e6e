/** Owners: a condition's own goes before that of its stage. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOf, probed, stageOf } from '../../../test/support/plan-words.ts'
import { ownedName, ownerOf } from './owner.ts'

const plan = planOf([
  stageOf('api', {
    owner: 'store',
    conditions: [probed('http'), { ...probed('postgres'), owner: 'data' }],
  }),
  stageOf('db'),
])

test('a condition is owned by its own owner, else by that of its stage', () => {
  assert.equal(ownerOf(plan, { stage: 'api', condition: 'postgres' }), 'data')
  assert.equal(ownerOf(plan, { stage: 'api', condition: 'http' }), 'store')
  assert.equal(ownerOf(plan, { stage: 'api' }), 'store')
})

test('nobody is named who was not', () => {
  for (const stage of ['db', 'gone', null]) assert.equal(ownerOf(plan, { stage }), undefined)
  assert.equal(ownedName(plan, { stage: 'db' }), 'db')
  assert.equal(ownedName(plan, { stage: 'api' }), 'api (owned by store)')
})
