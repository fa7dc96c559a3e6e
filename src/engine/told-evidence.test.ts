import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toldEvidence } from './told-evidence.ts'

test('tells the values that an expression names, each once, in its order', () => {
  const evidence = { json: { ok: false, warmed: 4, expected: 8 }, status: 503 }
  assert.equal(
    toldEvidence('evidence.json.ok && evidence.json.warmed == evidence.json.expected', evidence),
    'json.ok is false, json.warmed is 4, json.expected is 8',
  )
})

test('passes over what is not there, and over lists and objects', () => {
  const evidence = { json: { rows: [1, 2] } }
  assert.equal(toldEvidence('evidence.json.rows.size() > evidence.none', evidence), '')
})

test('cuts a long value', () => {
  const told = toldEvidence('evidence.text == "x"', { text: 'y'.repeat(1_000) })
  assert.ok(told.length < 60)
})
