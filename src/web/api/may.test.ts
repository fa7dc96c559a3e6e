import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Grant, IdentityView } from '../../server/wire/access.ts'
import { mayApprove, mayManage, mayOperate } from './may.ts'

const shop = { kind: 'Environment', name: 'shop-eu' }

function who(...grants: readonly Grant[]): IdentityView {
  return { name: 'token:ci', kind: 'machine', grants }
}

test('where nobody is named, everybody is the owner', () => {
  assert.ok(mayOperate(undefined, shop) && mayApprove(undefined, shop) && mayManage(undefined))
})

test('offers what a role may, in its scope and nowhere else', () => {
  const scope = { contracts: ['Environment/shop-*'] }
  assert.ok(mayOperate(who({ role: 'operator', scope }), shop))
  assert.ok(mayOperate(who({ role: 'admin', scope: {} }), shop))
  assert.ok(
    !mayOperate(who({ role: 'operator', scope: { contracts: ['Environment/shop'] } }), shop),
  )
  assert.ok(!mayOperate(who({ role: 'viewer', scope: {} }), shop))
  assert.ok(!mayOperate(who({ role: 'agent', scope: {} }), shop))
  assert.ok(!mayApprove(who({ role: 'operator', scope: {} }), shop))
  assert.ok(mayApprove(who({ role: 'approver', scope }), shop))
  assert.ok(!mayApprove(who({ role: 'approver', scope }), { ...shop, name: 'till' }))
  assert.ok(!mayManage(who({ role: 'approver', scope: {} })))
  assert.ok(mayManage(who({ role: 'admin', scope: {} })))
  assert.ok(!mayManage(who({ role: 'admin', scope })), 'an admin of some contracts is none of all')
})
