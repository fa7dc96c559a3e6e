import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Grant } from '../wire/access.ts'
import {
  isWithin,
  leastRoleFor,
  matchesPattern,
  mayDo,
  mayServe,
  PERMISSIONS,
  type Permission,
} from './permissions.ts'

const SHOP = { kind: 'Environment', name: 'shop', labels: { team: 'store' } }

function granted(role: Grant['role'], scope: Grant['scope'] = {}): { grants: readonly Grant[] } {
  return { grants: [{ role, scope }] }
}

test('gives each role all that the one before has, and agents nothing of it', () => {
  const had = (role: Grant['role']): readonly string[] =>
    Object.keys(PERMISSIONS).filter((permission) => mayDo(granted(role), permission as Permission))
  const steps = ['viewer', 'operator', 'approver', 'admin'] as const
  for (const [at, role] of steps.entries()) {
    const less = steps[at - 1]
    if (less === undefined) continue
    assert.deepEqual(
      had(less).filter((permission) => !had(role).includes(permission)),
      [],
    )
    assert.ok(had(role).length > had(less).length, `${role} may more than ${less}`)
  }
  assert.ok(had('viewer').every((permission) => /\.(read|explain)$/.test(permission)))
  assert.deepEqual(had('agent'), ['agents.work'])
})

test('gives nobody anything who holds nothing', () => {
  const nobody = { grants: [] }
  const given = Object.keys(PERMISSIONS).filter((asked) => mayDo(nobody, asked as Permission))
  assert.deepEqual(given, [])
  assert.equal(mayDo(nobody, 'self'), true)
})

test('judges a scope by name and by labels', () => {
  for (const [scope, isIn] of [
    [{}, true],
    [{ contracts: ['Environment/shop'] }, true],
    [{ contracts: ['Environment/sh*'] }, true],
    [{ contracts: ['*/shop'] }, true],
    [{ contracts: ['Rollout/shop', 'Environment/s*p'] }, true],
    [{ contracts: ['Environment/shop-*'] }, false],
    [{ contracts: [] }, false],
    [{ labels: { team: 'store' } }, true],
    [{ labels: { team: 'pay' } }, false],
    [{ labels: { toString: 'store' } }, false],
    [{ labels: { team: 'store' }, contracts: ['Environment/x'] }, false],
    [{ regions: ['eu'] }, false],
  ] as const) {
    assert.equal(isWithin(scope, SHOP), isIn, JSON.stringify(scope))
  }
  assert.equal(
    isWithin({ labels: { team: 'store' } }, { kind: 'Environment', name: 'shop' }),
    false,
  )
})

test('gives what is over everything only to who holds everything', () => {
  const scoped = granted('admin', { contracts: ['Environment/shop'] })
  assert.equal(mayDo(scoped, 'ramps.operate', SHOP), true)
  assert.equal(mayDo(scoped, 'ramps.operate', { ...SHOP, name: 'pay' }), false)
  for (const permission of ['access.manage', 'ledger.read', 'daemon.manage'] as const) {
    assert.equal(mayDo(scoped, permission), false, permission)
    assert.equal(mayDo(scoped, permission, SHOP), false, permission)
  }
})

test('lets agents serve their regions alone', () => {
  assert.equal(mayServe(granted('agent', { regions: ['eu'] }), 'eu'), true)
  assert.equal(mayServe(granted('agent', { regions: ['eu'] }), 'us'), false)
  assert.equal(mayServe(granted('agent'), 'us'), true)
  assert.equal(mayServe(granted('admin'), 'us'), false)
})

test('reads patterns as the regular expressions they stand for', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.', '/'), maxLength: 8 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '/'), maxLength: 8 })
  fc.assert(
    fc.property(piece, text, (pattern, found) => {
      const quoted = pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')
      assert.equal(matchesPattern(pattern, found), new RegExp(`^${quoted}$`).test(found))
    }),
    { numRuns: 3_000 },
  )
})

test('names the least role that gives a permission, and over what', () => {
  assert.equal(leastRoleFor('ramps.operate', 'Environment/shop'), 'operator for Environment/shop')
  assert.equal(leastRoleFor('ramps.read', '/v1/ramps'), 'viewer')
  assert.equal(leastRoleFor('agents.work', 'eu'), 'agent for eu')
  assert.equal(leastRoleFor('daemon.manage', '/v1/daemon/stop'), 'admin without a scope')
})
