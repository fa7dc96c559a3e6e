/** What is said of many measurements: quantiles, and how far the median may be trusted. */
import { Chance } from './chance.ts'

/** A summary of measurements, in their own unit. */
export interface Summary {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly most: number
  /** The median lies between these with 95 % confidence, by bootstrap. */
  readonly p50Low: number
  readonly p50High: number
}

const RESAMPLES = 2_000

/** The summary of measurements; there must be at least one. */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((one, other) => one - other)
  const chance = new Chance(values.length)
  const medians = Array.from({ length: RESAMPLES }, () => {
    const drawn = sorted.map(() => sorted[chance.integer(sorted.length)] ?? Number.NaN)
    return median(drawn)
  }).sort((one, other) => one - other)
  return {
    count: values.length,
    p50: median(sorted),
    p90: quantile(sorted, 0.9),
    p99: quantile(sorted, 0.99),
    most: sorted.at(-1) ?? Number.NaN,
    p50Low: quantile(medians, 0.025),
    p50High: quantile(medians, 0.975),
  }
}

/** The middle of measurements in any order. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** The smallest of sorted measurements that a share of them does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
