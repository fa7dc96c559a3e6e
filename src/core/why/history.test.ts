import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compareWith } from './history.ts'
import { percentileOf } from './percentile.ts'

describe('percentiles', () => {
  test('are values that occurred', () => {
    const values = [50, 10, 40, 20, 30]
    assert.deepEqual(
      [1, 20, 21, 50, 75, 95, 100].map((percent) => percentileOf(values, percent)),
      [10, 10, 20, 30, 40, 50, 50],
    )
  })

  test('leave at least their share at or below them, and no smaller value does', () => {
    const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1 })
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (known, percent) => {
        const found = percentileOf(known, percent)
        const within = (limit: number): number => known.filter((value) => value <= limit).length
        assert.ok(within(found) * 100 >= percent * known.length)
        const smaller = known.filter((value) => value < found)
        assert.ok(smaller.every((value) => within(value) * 100 < percent * known.length))
      }),
    )
  })
})

describe('comparing with the past', () => {
  const known = [100, 110, 120, 130, 140, 150, 160, 170]

  test('tells above p75 from above p95, and says how many runs it knows', () => {
    assert.deepEqual(compareWith(900, known), {
      usual: { runs: 8, medianMs: 130, p75Ms: 150, p95Ms: 170 },
      standing: 'aboveP95',
      extraMs: 770,
    })
    const many = [...known, 400]
    assert.equal(compareWith(300, many).standing, 'aboveP75')
    assert.equal(compareWith(150, known).standing, 'usual')
  })

  test('takes a few milliseconds for noise, and says nothing without a past', () => {
    assert.equal(compareWith(40, [1, 2, 3]).standing, 'usual')
    assert.equal(compareWith(10_060, [10_000, 10_010]).standing, 'usual')
    assert.deepEqual(compareWith(100, []), { standing: 'unknown', extraMs: 0 })
  })
})
