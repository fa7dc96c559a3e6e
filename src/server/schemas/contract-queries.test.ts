/** What is asked about contracts: labels once or often, and what goes with If-Match. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFault } from '../../core/fault/fault.ts'
import { assertOneDocument, CONTRACTS_QUERY, HELD_REFERENCE } from './contract-queries.ts'
import { WEBHOOK_REQUEST } from './webhook.ts'

const SHOP = { kind: 'Environment', metadata: { name: 'shop' } }

test('takes one label or several', () => {
  const labelsIn = (label: string | readonly string[]) => CONTRACTS_QUERY.parse({ label }).label
  assert.deepEqual(labelsIn('team'), ['team'])
  assert.deepEqual(labelsIn(['team', 'tier=1']), ['team', 'tier=1'])
  assert.equal(CONTRACTS_QUERY.parse({}).limit, 100)
  assert.equal(CONTRACTS_QUERY.safeParse({ limit: '1001' }).success, false)
})

test('If-Match is refused where it could mean several things, or nothing', () => {
  const malformed = (error: unknown): boolean => isFault(error, 'request-malformed')
  const sources = [{ path: 'a.yaml', text: '' }]
  assertOneDocument({ documents: [SHOP] })
  for (const request of [
    { documents: [SHOP, SHOP] },
    { documents: [SHOP], sources },
    { sources },
    {},
  ]) {
    assert.throws(() => assertOneDocument(request), malformed)
  }
})

test('a document is no reference to one that is held', () => {
  const reference = { kind: 'Environment', name: 'shop' }
  assert.equal(HELD_REFERENCE.safeParse(reference).success, true)
  assert.equal(HELD_REFERENCE.safeParse({ ...reference, spec: {} }).success, false)
})

test('a webhook is of HTTP, and of contracts by their names', () => {
  const isTaken = (request: object): boolean => WEBHOOK_REQUEST.safeParse(request).success
  const url = 'https://example.org/x'
  assert.equal(isTaken({ url, contracts: ['Environment/shop-*'] }), true)
  assert.equal(isTaken({ url, contracts: ['shop'] }), false)
  assert.equal(isTaken({ url, types: [] }), false)
  assert.equal(isTaken({ url: 'gopher://example.org/' }), false)
})
