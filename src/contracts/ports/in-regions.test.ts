/** Ports contracts whose machines are those of regions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPlan } from '../../core/plan/check-plan.ts'
import type { Plan, Stage } from '../../core/plan/plan.ts'
import type { Json } from '../../core/units/json.ts'
import { parseContracts, planContract } from '../index.ts'
import { PLAIN_STAGE } from '../plain-stage.ts'
import { inRegions } from './in-regions.ts'

function contract(name: string, spec: object): { readonly path: string; readonly value: Json } {
  const ranges = { web: { ports: '21000-21009', fixed: { 'shop/eu/api/http': 21_001 } } }
  const value = { apiVersion: 'rampart/v1', kind: 'Ports', metadata: { name } }
  return { path: `${name}.yaml`, value: { ...value, spec: { ranges, ...spec } } as Json }
}

function planOf(spec: object, goal = 'up'): Plan {
  const { contracts, issues } = parseContracts([contract('ports', spec)])
  const [parsed] = contracts
  if (parsed === undefined) assert.fail(issues.map(({ message }) => message).join('; '))
  return planContract(parsed, { goal })
}

test('what is done on one machine is done on that of each region', () => {
  for (const goal of ['up', 'down']) {
    const alone = planOf({}, goal)
    const plan = planOf({ regions: ['us', 'eu', 'us'] }, goal)
    checkPlan(plan)
    assert.deepEqual(plan.groups, [
      { name: 'eu', needs: [] },
      { name: 'us', needs: [] },
    ])
    for (const region of ['eu', 'us']) {
      const own = plan.stages.filter(({ group }) => group === region)
      assert.deepEqual(
        own.map(({ name, command }) => [name, command?.operation]),
        alone.stages.map(({ name, command }) => [`${region}/${name}`, command?.operation]),
      )
    }
  }
})

test('what cannot be taken back waits for every region', () => {
  const plain = { ...PLAIN_STAGE, deadlineMs: 1 }
  const last: Stage = {
    ...plain,
    name: 'last',
    needs: [{ stage: 'first', until: 'ready' }],
    pivot: true,
  }
  const { stages } = inRegions([{ ...plain, name: 'first' }, last], ['eu', 'us'])
  const needs = stages.find(({ name }) => name === 'us/last')?.needs.map(({ stage }) => stage)
  assert.deepEqual(needs, ['eu/first', 'us/first'])
})

test('one port may be in two contracts whose regions are others', () => {
  const issuesOf = (one: object, other: object): number =>
    parseContracts([contract('one', one), contract('other', other)]).issues.length
  assert.equal(issuesOf({ regions: ['eu'] }, { regions: ['us'] }), 0)
  assert.notEqual(issuesOf({ regions: ['eu', 'us'] }, { regions: ['us'] }), 0)
  assert.equal(issuesOf({}, { regions: ['us'] }), 0)
  assert.notEqual(issuesOf({}, {}), 0)
})
