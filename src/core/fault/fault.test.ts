/** Faults carry what a person needs; assertions say what does not hold. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assert as assertHolds, present, unreachable } from './assert.ts'
import { FAULT_CODES } from './codes.ts'
import { Fault, isFault, isPassing } from './fault.ts'

test('a fault says what was done, to what, and what to do next', () => {
  const cause = new TypeError('disk')
  const fault = new Fault({
    code: 'ledger-unavailable',
    operation: 'append entries',
    subject: 'shop-up-1',
    hint: 'the disk is full.',
    cause,
  })
  assert.equal(fault.message, 'append entries (shop-up-1): the disk is full.')
  assert.ok(fault.retryable && isPassing(fault) && !isPassing(cause))
  assert.equal(fault.cause, cause)
  assert.ok(isFault(fault, 'ledger-unavailable'))
  assert.ok(!isFault(fault, 'ledger-conflict'))
  assert.ok(!isFault(cause))
})

test('every code has a sentence that ends, a remedy, a status and an exit code', () => {
  for (const [name, code] of Object.entries(FAULT_CODES)) {
    assert.match(name, /^[a-z]+(-[a-z]+)+$|^unauthenticated$|^forbidden$/)
    assert.match(code.meaning, /\.$/)
    assert.match(code.remedy, /\.$/)
    assert.ok(code.httpStatus >= 400 && code.httpStatus < 600, name)
  }
})

test('an assertion that fails says what does not hold', () => {
  assert.throws(() => assertHolds(false, 'two is one'), { message: 'two is one' })
  assert.throws(() => present(undefined, 'it is there'), { message: 'it is there' })
  assert.equal(present(0, 'zero is there'), 0)
  assert.throws(() => unreachable('x' as never), { message: 'unexpected "x"' })
})
