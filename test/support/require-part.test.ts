import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { findPart, REAL_PARTS } from './real-parts.ts'
import { requirePart, requireRealPart } from './require-part.ts'

const before = process.env['RAMPART_REQUIRE_ALL']

afterEach(() => {
  if (before === undefined) delete process.env['RAMPART_REQUIRE_ALL']
  else process.env['RAMPART_REQUIRE_ALL'] = before
})

test('a part that is there skips nothing', () => {
  assert.deepEqual(requirePart('Redis', true, 'apt-get install redis-server'), { skip: false })
})

test('a missing part skips the test and says how to get it', () => {
  delete process.env['RAMPART_REQUIRE_ALL']
  const { skip } = requirePart('Redis', false, 'apt-get install redis-server')
  assert.equal(skip, 'Redis was not found; get it with: apt-get install redis-server')
})

test('a missing part is a failure where everything is required', () => {
  process.env['RAMPART_REQUIRE_ALL'] = '1'
  assert.throws(
    () => requirePart('Redis', false, 'apt-get install redis-server'),
    /Redis is required here/,
  )
})

test('a real part is asked for by its name, and a wrong name is a bug', () => {
  assert.deepEqual(requireRealPart('embedded PostgreSQL'), { skip: false })
  assert.throws(() => requireRealPart('Postgres'), /is in the list of real parts/)
})

test('a part is missing as long as one of its programs is', () => {
  const part = { name: 'a', purpose: 'b', programs: ['node', 'no-such-program-anywhere'] }
  assert.equal(findPart(part), undefined)
  assert.notEqual(findPart({ ...part, programs: ['node'] }), undefined)
})

test('every real part has one name', () => {
  assert.equal(new Set(REAL_PARTS.map((part) => part.name)).size, REAL_PARTS.length)
})
