import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printScalar, valueAt } from './json-path.ts'

test('a path leads through objects and lists, and never to what JSON does not hold', () => {
  const json = { order: { lines: [{ id: 7 }], note: null } }
  assert.equal(valueAt(json, 'order.lines.0.id'), 7)
  assert.equal(valueAt(json, 'order.note'), null)
  assert.deepEqual(valueAt(json, 'order.lines'), [{ id: 7 }])
  for (const path of [
    'order.id',
    'order.lines.1',
    'order.note.x',
    'constructor',
    'order.lines.0.id.x',
  ]) {
    assert.equal(valueAt(json, path), undefined, path)
  }
  assert.equal(valueAt(undefined, 'a'), undefined)
})

test('values are texts for patterns, lists and objects are not', () => {
  assert.deepEqual([7, true, null, 'a'].map(printScalar), ['7', 'true', 'null', 'a'])
  assert.deepEqual([[], {}, undefined].map(printScalar), [undefined, undefined, undefined])
})
