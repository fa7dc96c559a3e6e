/** Percentiles by the nearest rank: always a value that really occurred. */
import { assert, present } from '../fault/assert.ts'

/**
 * The smallest known value that at least `percent` of all known values do not exceed.
 *
 * @param percent above 0, at most 100
 */
export function percentileOf(values: readonly number[], percent: number): number {
  assert(values.length > 0, 'a percentile needs at least one value')
  assert(percent > 0 && percent <= 100, 'a percentile is above 0 and at most 100')
  const sorted = [...values].sort((one, other) => one - other)
  const rank = Math.ceil((percent / 100) * sorted.length)
  return present(sorted[rank - 1], 'the rank is within the values')
}
