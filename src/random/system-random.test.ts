import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SystemRandom } from './system-random.ts'

test('gives every integer below the bound, and no other', () => {
  const random = new SystemRandom()
  const seen = new Set(Array.from({ length: 400 }, () => random.integer(5)))
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4])
  assert.equal(random.integer(1), 0)
})
