import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { printLabels, readLabels } from './label-text.ts'

test('reads labels apart by commas, and none of nothing', () => {
  assert.deepEqual(readLabels('team=payments'), { labels: { team: 'payments' } })
  assert.deepEqual(readLabels(' team = payments , tier=1 '), {
    labels: { team: 'payments', tier: '1' },
  })
  assert.deepEqual(readLabels('a=b=c, note="one, two"'), { labels: { a: 'b=c', note: 'one, two' } })
  assert.deepEqual(readLabels('team=""'), { labels: { team: '' } })
  assert.deepEqual(readLabels('  '), { labels: {} })
})

test('says what was expected of what cannot be read, and never reads less than was typed', () => {
  for (const [text, complaint] of [
    ['payments', /“payments” is no label: expected name=value, for example team=payments/],
    ['team=a, payments', /“payments” is no label/],
    ['team=a,', /missing at a comma/],
    [',', /missing at a comma/],
    ['team=', /team has no value: expected team=payments/],
    ['=payments', /“” names no label/],
    ['my team=a', /“my team” names no label/],
    ['team=a, team=b', /team is there twice/],
    ['team="a', /is no label/],
    ['team="a" b', /is no label/],
    ['team="\\x"', /is no label/],
    [`team=${'x'.repeat(201)}`, /at most 200 characters/],
  ] as const) {
    const reading = readLabels(text)
    assert.match('complaint' in reading ? reading.complaint : '', complaint, text)
  }
})

test('what is printed reads as what it was', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/)
  const value = fc.oneof(fc.string({ maxLength: 200 }), fc.constantFrom('', ' a', '"', ',', '\\'))
  fc.assert(
    fc.property(fc.dictionary(name, value), (labels) => {
      const reading = readLabels(printLabels(labels).join(', '))
      assert.deepEqual(reading, { labels: { ...labels } })
    }),
  )
})
