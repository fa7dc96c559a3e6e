import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { printCanonicalJson } from '../../core/units/json.ts'
import { parseDocument } from './parse-document.ts'

describe('documents from outside', () => {
  it('keeps numbers exact and makes everything fit for the ledger', () => {
    const text = '{"big": 9007199254740993, "huge": 1e400, "half": 0.5, "text": "\\ud800"}'
    const document = parseDocument(text)
    assert.ok(document.parsed)
    assert.deepEqual(document.json, {
      big: '9007199254740993',
      huge: '1e400',
      half: 0.5,
      text: '\ufffd',
    })
    assert.doesNotThrow(() => printCanonicalJson(document.json))
  })

  it('says why something is not a document', () => {
    assert.equal(parseDocument('{').parsed, false)
    const deep = parseDocument('['.repeat(100_000))
    assert.deepEqual(deep, { parsed: false, mistake: 'it is nested more than 64 deep' })
    assert.equal(parseDocument(`"${'['.repeat(100)}"`).parsed, true)
  })
})
