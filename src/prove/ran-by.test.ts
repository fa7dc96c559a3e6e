import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseContracts, planContract } from '../contracts/index.ts'
import { present } from '../core/fault/assert.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { ComponentView } from '../server/wire.ts'
import { promisesOf } from './promises.ts'
import { isOf, ranBy } from './ran-by.ts'

const api = {
  copies: 2,
  run: { command: ['api'], ports: { http: {} } },
  ready: [{ tcp: `$\{self.host}:$\{self.ports.http}` }],
  roll: {},
}
const web = { needs: ['api'], ready: [{ tcp: `$\{component("api").host}:1` }] }
const VALUE = {
  apiVersion: 'rampart/v1',
  kind: 'Environment',
  metadata: { name: 'shop' },
  spec: { components: { db: { run: { command: ['db'] } }, api, web } },
}

function plan(): Plan {
  const { contracts } = parseContracts([{ path: 'shop.yaml', value: VALUE }])
  return planContract(present(contracts[0], 'it is a contract'), { goal: 'watch' })
}

function start(number: number, copy?: number): ComponentView {
  const more = copy === undefined ? {} : { copy }
  const instance = `shop/api#${number}`
  return {
    subject: 'shop/api',
    instance,
    pid: 1,
    status: 'running',
    ports: {},
    sinceMs: 1,
    ...more,
  }
}

test('each copy is told from the others of its subject by the start that it is', () => {
  const [one, two] = [ranBy(plan(), 'api/1'), ranBy(plan(), 'api/2')]
  assert.deepEqual(
    [one, two],
    [
      { subject: 'shop/api', copy: 1 },
      { subject: 'shop/api', copy: 2 },
    ],
  )
  // The first was started when it was the only one.
  const views = [start(1), start(2, 2)]
  const { subject, instance } = start(2, 2)
  assert.deepEqual(
    [isOf(one, { subject, instance }, views), isOf(two, { subject, instance }, views)],
    [false, true],
  )
  assert.equal(isOf(one, start(1), views), true)
  assert.equal(
    isOf(ranBy(plan(), 'db'), { subject: 'shop/db', instance: 'shop/db#1' }, views),
    true,
  )
})

test('every copy keeps its promises, and nobody has to notice when one of several is gone', () => {
  const { conditions, edges } = promisesOf(plan())
  assert.deepEqual(
    conditions.map(({ stage, condition }) => `${stage}: ${condition}`),
    ['api/1: running', 'api/1: tcp', 'api/2: running', 'api/2: tcp', 'db: running', 'web: tcp'],
  )
  assert.deepEqual(edges, [])
})
