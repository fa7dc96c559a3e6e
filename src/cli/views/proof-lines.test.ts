/** What a person reads of a proof. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Proof, ProvedCondition } from '../../prove/proof.ts'
import { paintFor } from './paint.ts'
import { proofLines, sightingLine } from './proof-lines.ts'

const PLAIN = paintFor({}, {})

const SQL: ProvedCondition = {
  stage: 'db',
  condition: 'sql',
  probe: 'postgres',
  compares: [],
  isProved: true,
  by: [{ fault: 'db hangs', afterMs: 12 }],
  missed: [],
  untried: [],
}

function proofWith(changes: Partial<Proof>): Proof {
  return { verdict: 'unproved', conditions: [SQL], edges: [], sightings: [], ...changes }
}

test('a promise that never came back is listed, though everything told', () => {
  const seen = { fault: 'db hangs', mustNotice: [], noticed: [], stillBroken: ['api: http: 503'] }
  assert.deepEqual(proofLines('shop', proofWith({ sightings: [seen] }), PLAIN), [
    'shop: each of its 1 promises was made false, and something told',
    '  ✖ after it was over that db hangs, this never came back: api: http: 503',
  ])
})

test('what could not be made false says so, and why', () => {
  const untried = [{ fault: 'the table a is gone', why: 'must be owner of table a' }]
  const conditions = [{ ...SQL, isProved: false, untried }]
  const edges = [{ from: 'api', to: 'box', isProved: false, isTried: false }]
  assert.deepEqual(proofLines('shop', proofWith({ conditions, edges }), PLAIN), [
    'shop: 2 of its 2 promises are not proved',
    '  ✖ db: sql was not shown that the table a is gone: must be owner of table a',
    '  ✖ api stands on box, which was not made to hang, so nothing is known of that',
  ])
  const seen = { fault: 'x', mustNotice: [], noticed: [], stillBroken: [], untried: 'y' }
  assert.equal(sightingLine(seen, PLAIN), '  ✖ x: not tried, since y')
})
