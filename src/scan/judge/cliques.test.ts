/** Who is at odds with whom is told in as few groups as can be, and nobody is left out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cliquesOf, type Pair } from './cliques.ts'

const PAIRS = fc
  .uniqueArray(fc.tuple(fc.nat(9), fc.nat(9)), { selector: String, maxLength: 40 })
  .map((all) => all.filter(([one, other]) => one < other))

function holds(group: readonly number[], [one, other]: Pair): boolean {
  return group.includes(one) && group.includes(other)
}

test('every pair is in a group, and all in a group are at odds', () => {
  fc.assert(
    fc.property(PAIRS, (pairs) => {
      const groups = cliquesOf(pairs)
      assert.ok(pairs.every((pair) => groups.some((group) => holds(group, pair))))
      for (const group of groups) {
        const within = group.flatMap((one, place) =>
          group.slice(place + 1).map((other) => `${one} ${other}`),
        )
        assert.ok(within.every((pair) => pairs.map((one) => one.join(' ')).includes(pair)))
      }
    }),
  )
})

test('of a great many everybody is named, in no time', () => {
  const pairs: Pair[] = []
  for (let one = 0; one < 600; one += 1) {
    for (let other = one + 1; other < 600; other += 1) {
      if ((one + other) % 7 !== 0) pairs.push([one, other])
    }
  }
  const groups = cliquesOf(pairs)
  assert.equal(new Set(groups.flat()).size, 600)
  assert.ok(groups.length < 100, String(groups.length))
})
