/** JSON side by side. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareJson } from './compare-json.ts'

test('each place that differs is named once, none inside another', () => {
  const first = { a: 1, b: { c: [1, 2], d: null }, gone: { x: 1 } }
  const second = { a: 1, b: { c: [1, 3], d: false }, come: [] }
  assert.deepEqual(compareJson(first, second), [
    { path: ['b', 'c'], in: 'both', first: [1, 2], second: [1, 3] },
    { path: ['b', 'd'], in: 'both', first: null, second: false },
    { path: ['gone'], in: 'first', first: { x: 1 } },
    { path: ['come'], in: 'second', second: [] },
  ])
  assert.deepEqual(compareJson(first, structuredClone(first)), [])
})

test('members of a list with names are told apart by them', () => {
  const first = [{ name: 'a', x: 1 }, { name: 'b' }]
  const second = [{ name: 'b' }, { name: 'a', x: 2 }, { name: 'c' }]
  assert.deepEqual(compareJson(first, second), [
    { path: [], in: 'order' },
    { path: ['a', 'x'], in: 'both', first: 1, second: 2 },
    { path: ['c'], in: 'second', second: { name: 'c' } },
  ])
})

test('a list whose names are not all different is compared as a whole', () => {
  const first = [{ name: 'a' }, { name: 'a' }]
  assert.deepEqual(compareJson(first, [{ name: 'a' }]), [
    { path: [], in: 'both', first, second: [{ name: 'a' }] },
  ])
})
