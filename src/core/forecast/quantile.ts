/** Quantiles of what was measured or simulated, always in whole milliseconds. */
import { present } from '../fault/assert.ts'

/** Where the middle of a set of durations lies, and how far it spreads. */
export interface Spread {
  /** @unit ms */
  readonly p5Ms: number
  /** @unit ms */
  readonly p50Ms: number
  /** @unit ms */
  readonly p95Ms: number
}

/** The spread of durations in any order; there must be one at least. */
export function spreadOf(durationsMs: ArrayLike<number>): Spread {
  const sorted = Float64Array.from(durationsMs).sort()
  return {
    p5Ms: quantileOf(sorted, 5),
    p50Ms: quantileOf(sorted, 50),
    p95Ms: quantileOf(sorted, 95),
  }
}

/**
 * The value below which so many of a hundred lie, between two neighbours in proportion.
 *
 * @param sorted ascending, not empty
 * @source R. Hyndman, Y. Fan, Sample Quantiles in Statistical Packages (1996), definition 7
 */
export function quantileOf(sorted: ArrayLike<number>, percent: number): number {
  const place = ((sorted.length - 1) * percent) / 100
  const below = Math.floor(place)
  const lower = present(sorted[below], 'there is a value to take a quantile of')
  const upper = sorted[below + 1] ?? lower
  return Math.round(lower + (upper - lower) * (place - below))
}

/** The middle value. */
export function medianOf(durationsMs: ArrayLike<number>): number {
  return quantileOf(Float64Array.from(durationsMs).sort(), 50)
}
