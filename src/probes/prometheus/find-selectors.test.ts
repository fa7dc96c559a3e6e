import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findSelectors } from './find-selectors.ts'

const QUERIES: readonly (readonly [string, readonly string[]])[] = [
  ['up', ['up']],
  ['up{job="a}b"} == 1', ['up{job="a}b"}']],
  ['{__name__=~"shop:.*"}', ['{__name__=~"shop:.*"}']],
  [
    'histogram_quantile(0.99, sum by (le, job) (rate(seconds_bucket{job="x"}[5m])))',
    ['seconds_bucket{job="x"}'],
  ],
  ['sum(rate(errors[1m])) / on (job) group_left (team) sum(rate(all[1m:10s]))', ['errors', 'all']],
  ['SUM without (instance) (a) and b unless c offset 5m or d @ end()', ['a', 'b', 'c', 'd']],
  ['max(a) by (le) > bool 1.5e-3 # not this\n', ['a']],
  ['vector(1) + time() * Inf', []],
  ["label_replace(a, 'to', 'with $1', 'from', '(.*)')", ['a']],
]

describe('the series that a query names', () => {
  for (const [query, expected] of QUERIES) {
    it(`are ${expected.join(' ') || 'none'} in: ${query.trim()}`, () => {
      assert.deepEqual(findSelectors(query), expected)
    })
  }
})
