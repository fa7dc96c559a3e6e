import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageOf } from './access.ts'

const identity = (key: string): string => key

test('gives a list page by page, and says where it goes on', () => {
  const first = pageOf(['a', 'b', 'c'], identity, { limit: 2 })
  assert.deepEqual(first.items, ['a', 'b'])
  const { items, next } = pageOf(['a', 'b', 'c'], identity, { limit: 2, cursor: first.next })
  assert.deepEqual([items, next], [['c'], undefined])
})

test('goes on after what came before the page was asked for, and where what it ended with is gone', () => {
  const { next } = pageOf(['b', 'c', 'd', 'e'], identity, { limit: 2 })
  const goOn = (items: readonly string[]): readonly string[] =>
    pageOf(items, identity, { limit: 9, cursor: next }).items
  assert.deepEqual(goOn(['a', 'b', 'c', 'd', 'e']), ['d', 'e'])
  assert.deepEqual(goOn(['b', 'd', 'e']), ['d', 'e'])
  assert.deepEqual(goOn([]), [])
})

test('begins anew for a cursor that nobody gave', () => {
  const { items } = pageOf(['a', 'b'], identity, { limit: 9, cursor: 'nonsense' })
  assert.deepEqual(items, ['a', 'b'])
})
