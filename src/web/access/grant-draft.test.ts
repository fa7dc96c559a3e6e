import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Grant } from '../../server/wire/access.ts'
import { draftOf, grantOf } from './grant-draft.ts'

test('grants again what was granted when nothing of it is changed', () => {
  const grants: readonly Grant[] = [
    { role: 'viewer', scope: {} },
    { role: 'approver', scope: { labels: { team: 'store' } } },
    { role: 'operator', scope: { contracts: ['Environment/a', 'Ports/*'], labels: { tier: '1' } } },
    { role: 'agent', scope: { regions: ['eu', 'us'] } },
  ]
  for (const grant of grants) assert.deepEqual(grantOf(draftOf(grant)), grant)
})

test('narrows by what is typed, and by nothing that an agent cannot be narrowed by', () => {
  const labels = { team: 'store' }
  assert.deepEqual(grantOf({ role: 'viewer', where: ' Environment/a ,, ', labels }), {
    role: 'viewer',
    scope: { contracts: ['Environment/a'], labels },
  })
  assert.deepEqual(grantOf({ role: 'agent', where: 'eu', labels }).scope, { regions: ['eu'] })
})
