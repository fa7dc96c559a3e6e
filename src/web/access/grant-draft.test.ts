import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Grant } from '../../server/wire/access.ts'
import { draftOf, type GrantDraft, readGrant } from './grant-draft.ts'

const EMPTY: GrantDraft = { role: 'viewer', where: '', labels: '' }

function complaintsOf(draft: Partial<GrantDraft>): object {
  const reading = readGrant({ ...EMPTY, ...draft })
  return reading.grant === undefined ? reading.complaints : {}
}

test('grants again what was granted when nothing of it is changed', () => {
  const grants: readonly Grant[] = [
    { role: 'viewer', scope: {} },
    { role: 'viewer', scope: { labels: {} } },
    { role: 'approver', scope: { labels: { team: 'store' } } },
    { role: 'approver', scope: { labels: { 'not = typed': 'a, b', note: '' } } },
    { role: 'operator', scope: { contracts: ['Environment/a', 'Ports/*'], labels: { tier: '1' } } },
    { role: 'agent', scope: { regions: ['eu', 'us'] } },
  ]
  for (const grant of grants) assert.deepEqual(readGrant(draftOf(grant)), { grant })
})

test('narrows by what is typed, and by nothing that an agent cannot be narrowed by', () => {
  const where = ' Environment/a ,, '
  assert.deepEqual(readGrant({ ...EMPTY, where, labels: 'team=store' }).grant, {
    role: 'viewer',
    scope: { contracts: ['Environment/a'], labels: { team: 'store' } },
  })
  const agent = readGrant({ role: 'agent', where: 'eu', labels: 'team=store' })
  assert.deepEqual(agent.grant?.scope, { regions: ['eu'] })
  const before = draftOf({ role: 'viewer', scope: { labels: { team: 'store' } } })
  assert.deepEqual(readGrant({ ...before, labels: '' }).grant?.scope, {}, 'taken out by hand')
})

test('reads nothing as everywhere but nothing, and says what was expected of each field', () => {
  assert.deepEqual(Object.keys(complaintsOf({ where: ' , ', labels: 'team' })), ['where', 'labels'])
  assert.match(JSON.stringify(complaintsOf({ where: 'shop' })), /Environment\/shop-\*/)
  assert.match(JSON.stringify(complaintsOf({ where: 'a/b/c' })), /“a\/b\/c” cannot be meant/)
  const many = Array.from({ length: 101 }, (_, place) => `Ports/p${place}`).join()
  assert.match(JSON.stringify(complaintsOf({ where: many })), /at most 100/)
  assert.deepEqual(complaintsOf({ role: 'agent', where: 'eu', labels: 'team' }), {})
})
