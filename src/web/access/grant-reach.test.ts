import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Grant, Role, Scope } from '../../server/wire/access.ts'
import { isWider } from './grant-reach.ts'

function grant(scope: Scope, role: Role | 'agent' = 'operator'): Grant {
  return { role, scope }
}

const shops = grant({ contracts: ['Environment/shop-*'], labels: { team: 'store' } })

test('is no wider for what leaves more out, or may less', () => {
  for (const [narrow, wide] of [
    [shops, shops],
    [shops, grant({})],
    [shops, grant({ labels: { team: 'store' } })],
    [shops, grant({ contracts: ['Environment/*'] }, 'approver')],
    [grant({ ...shops.scope, labels: { team: 'store', tier: '1' } }, 'viewer'), shops],
    [grant({ ...shops.scope, contracts: ['Environment/shop-eu'] }), shops],
    [grant({ regions: ['eu'] }, 'agent'), grant({ regions: ['eu', 'us'] }, 'agent')],
  ] as const) {
    assert.ok(!isWider(narrow, [wide]), JSON.stringify([narrow, wide]))
  }
})

test('is wider for what leaves less out, may more, or is elsewhere', () => {
  for (const [wide, before] of [
    [grant({}), shops],
    [grant({ labels: { team: 'store' } }), shops],
    [grant({ contracts: ['Environment/shop-*'] }), shops],
    [grant(shops.scope, 'admin'), shops],
    [grant({ ...shops.scope, contracts: ['Environment/*'] }), shops],
    [grant({ ...shops.scope, labels: { team: 'till' } }), shops],
    // Scopes that leave nothing out are no scopes to what is over everything at once.
    [grant({}), grant({ labels: {} })],
    [grant({}, 'viewer'), grant({}, 'agent')],
    [grant({ regions: ['eu'] }, 'agent'), grant({}, 'admin')],
  ] as const) {
    assert.ok(isWider(wide, [before]), JSON.stringify([wide, before]))
  }
  assert.ok(isWider(shops, []))
  assert.ok(!isWider(shops, [grant({}, 'viewer'), grant({})]))
})
