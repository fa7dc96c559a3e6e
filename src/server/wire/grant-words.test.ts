import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeGrant } from './grant-words.ts'

test('says of a grant where it holds', () => {
  const agent = { role: 'agent', scope: { regions: ['eu', 'us'] } } as const
  assert.equal(describeGrant(agent), 'agent in eu, us')
  assert.equal(describeGrant({ role: 'viewer', scope: {} }), 'viewer everywhere')
  const narrow = { role: 'operator', scope: { contracts: ['Environment/shop'] } } as const
  assert.equal(describeGrant(narrow), 'operator of Environment/shop')
  const labels = { team: 'store', note: 'a, b' }
  assert.equal(
    describeGrant({ ...narrow, scope: { ...narrow.scope, labels } }),
    'operator of Environment/shop; team=store note="a, b"',
  )
  assert.equal(describeGrant({ role: 'viewer', scope: { labels: {} } }), 'viewer of every contract')
})
