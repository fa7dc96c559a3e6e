/** Pages of lists: whatever comes and goes between two of them, what stays is shown once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ascending, descending, pageOf } from './page-of.ts'

const named = (name: string): string => name

test('gives all in order, page by page', () => {
  const first = pageOf(['d', 'b', 'a', 'c'], named, { limit: 3 })
  assert.deepEqual(first, { items: ['a', 'b', 'c'], next: 'c' })
  assert.deepEqual(pageOf(['d', 'b', 'a', 'c'], named, { limit: 3, cursor: 'c' }), { items: ['d'] })
  assert.deepEqual(pageOf([], named, { limit: 1, cursor: 'x' }), { items: [] })
  assert.deepEqual(pageOf(['a'], named, { limit: 1 }), { items: ['a'] })
})

test('shows what stays exactly once, whatever comes and goes between two pages', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 12 })
  const property = fc.property(names, fc.array(names), fc.integer({ min: 1, max: 4 }), check)
  fc.assert(property)
})

function check(staying: readonly string[], others: readonly string[][], limit: number): void {
  const seen: string[] = []
  let cursor: string | undefined
  for (let round = 0; ; round++) {
    const all = new Set([...staying, ...(others[round] ?? [])])
    const page = pageOf(all, named, { limit, cursor })
    seen.push(...page.items)
    assert.ok(page.items.length <= limit)
    cursor = page.next
    if (cursor === undefined) break
  }
  assert.equal(new Set(seen).size, seen.length, 'nothing is shown twice')
  for (const one of staying) assert.ok(seen.includes(one), `${one} is shown`)
}

test('numbers stand in their own order, or in the reverse one', () => {
  const numbers = [0, 9, 10, 1_700_000_000_000]
  assert.deepEqual(numbers.map(ascending).sort(), numbers.map(ascending))
  assert.deepEqual(numbers.map(descending).sort(), numbers.map(descending).reverse())
})
