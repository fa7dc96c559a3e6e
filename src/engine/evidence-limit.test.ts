import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVIDENCE_LIMIT, limitEvidence } from './evidence-limit.ts'

test('leaves small evidence as it is', () => {
  const evidence = { status: 200, json: { ok: true } }
  assert.equal(limitEvidence(evidence), evidence)
})

test('cuts long texts and lists, and says how much there was', () => {
  const evidence = { status: 200, text: 'x'.repeat(20_000), rows: new Array(500).fill({ n: 1 }) }
  const limited = limitEvidence(evidence)
  assert.equal(limited['status'], 200)
  assert.equal((limited['rows'] as unknown[]).length, 20)
  assert.ok(Number(limited['cut']) > 20_000)
})

test('keeps only plain facts when everything else is still too large', () => {
  const wide = Object.fromEntries(
    Array.from({ length: 80 }, (_, place) => [`k${place}`, 'y'.repeat(500)]),
  )
  const limited = limitEvidence({ status: 503, json: wide })
  assert.equal(limited['status'], 503)
  assert.equal(limited['json'], undefined)
  assert.ok(JSON.stringify(limited).length <= EVIDENCE_LIMIT)
})

test('never leaves half a character at the end of a cut text', () => {
  const limited = limitEvidence({ text: `${'a'.repeat(511)}😀${'b'.repeat(20_000)}` })
  assert.ok(String(limited['text']).isWellFormed())
})
