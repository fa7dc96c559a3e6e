import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InputReader } from './input-reader.ts'
import { readUrlPart } from './read-url-part.ts'

describe('the input reader', () => {
  it('takes numbers and flags also as the texts that templates become', () => {
    const reader = new InputReader({ port: '8080', count: 3, json: 'true', codes: [0, '75'] })
    assert.equal(reader.whole('port', undefined), 8_080)
    assert.equal(reader.whole('count', undefined), 3)
    assert.equal(reader.flag('json', false), true)
    assert.deepEqual(reader.wholes('codes', []), [0, 75])
    assert.equal(reader.mistake, undefined)
  })

  it('fills in what is absent, and takes one value for a list of one', () => {
    const reader = new InputReader({ status: 200 })
    assert.deepEqual(reader.texts('status', ['2xx']), ['200'])
    assert.deepEqual(reader.texts('other', ['2xx']), ['2xx'])
    assert.equal(reader.whole('limit', 7), 7)
    assert.deepEqual(reader.textMap('headers'), {})
    assert.equal(reader.mistake, undefined)
  })

  it('reads a list of objects, one alone as well', () => {
    const reader = new InputReader({ steps: [{ a: 1 }, { a: 2 }], one: { a: 3 }, bad: [4] })
    const read = (name: string): readonly number[] =>
      reader.objects(name).map((each) => each.whole('a', 0))
    assert.deepEqual([read('steps'), read('one'), read('absent')], [[1, 2], [3], []])
    assert.equal(reader.mistake, undefined)
    assert.deepEqual(read('bad'), [0])
    assert.match(reader.mistake ?? '', /`bad` must be a list of objects/)
  })

  it('keeps the first mistake, also of a nested object, and never throws', () => {
    const nested = new InputReader({ env: { A: [] } })
    nested.textMap('env')
    assert.equal(nested.mistake, 'env: `A` must be a text, and is [].')
    const reader = new InputReader({ port: 'http', tls: 3 })
    reader.whole('port', undefined)
    reader.object('tls')
    reader.text('absent')
    assert.equal(reader.mistake, '`port` must be a whole number, and is "http".')
  })

  it('decodes a part of a URL, and shows none that it cannot', () => {
    const reader = new InputReader({})
    assert.equal(readUrlPart(reader, 'p%40ss'), 'p@ss')
    assert.equal(reader.mistake, undefined)
    assert.equal(readUrlPart(reader, 'hunter%', 'from'), '')
    assert.equal(reader.mistake, '`from` has a part that is not percent-encoded.')
  })
})
