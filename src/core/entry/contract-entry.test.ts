/** Which entries are of a contract's stream: exactly those that say of which contract they are. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONTRACT_TYPES, isOfContract } from './contract-entry.ts'

test('takes what was noted about a contract, and nothing that was noted about a ramp', () => {
  for (const type of CONTRACT_TYPES) assert.ok(isOfContract({ type }), type)
  for (const type of ['ramp.opened', 'word.spoken', 'contract.', 'contract']) {
    assert.equal(isOfContract({ type }), false, type)
  }
})
