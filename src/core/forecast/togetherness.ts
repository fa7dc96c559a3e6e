/**
 * How much the stages of a ramp are slow together, as on a busy machine: the mean rank correlation of
 * every two stages over the earlier ramps. Drawing stages one by one would lose it, and with it the
 * slow ramps that a p95 is about.
 */
import type { StageSamples } from './samples.ts'

/** Fewer ramps in common say nothing about going together. */
const LEAST_IN_COMMON = 8

/** Stages beyond this many are not compared: every two of this many say enough. */
const MOST_COMPARED = 40

/**
 * The mean rank correlation of stages, from 0 (each by itself, or nobody knows) to 1 (as one).
 *
 * @source C. Spearman, The Proof and Measurement of Association between Two Things (1904)
 */
export function togethernessOf(stages: readonly StageSamples[]): number {
  const compared = stages.filter((stage) => stage.ramps.length > 0).slice(0, MOST_COMPARED)
  const ranks = compared.map(ranksByRamp)
  let sum = 0
  let pairs = 0
  let inCommon = 0
  ranks.forEach((one, place) => {
    for (const other of ranks.slice(place + 1)) {
      const correlation = correlationOf(one, other)
      if (correlation === undefined) continue
      sum += correlation
      pairs += 1
      inCommon += Math.min(one.size, other.size)
    }
  })
  if (pairs === 0) return 0
  const mean = sum / pairs
  // What chance would make of stages that go by themselves; one in twenty would be above it.
  const noise = 1.64 / Math.sqrt(inCommon - pairs)
  return mean < noise ? 0 : Math.min(1, mean)
}

/** The rank of each ramp among the times of a stage; equal times share their mean rank. */
function ranksByRamp(stage: StageSamples): ReadonlyMap<number, number> {
  const ranks = new Map<number, number>()
  let first = 0
  while (first < stage.times.length) {
    let after = first
    while (stage.times[after]?.readyMs === stage.times[first]?.readyMs) after += 1
    for (const ramp of stage.ramps.slice(first, after)) ranks.set(ramp, (first + after - 1) / 2)
    first = after
  }
  return ranks
}

function correlationOf(
  one: ReadonlyMap<number, number>,
  other: ReadonlyMap<number, number>,
): number | undefined {
  const common = [...one.keys()].filter((ramp) => other.has(ramp))
  if (common.length < LEAST_IN_COMMON) return undefined
  const mean = (of: ReadonlyMap<number, number>): number =>
    common.reduce((sum, ramp) => sum + (of.get(ramp) ?? 0), 0) / common.length
  const [oneMean, otherMean] = [mean(one), mean(other)]
  let product = 0
  let oneSquare = 0
  let otherSquare = 0
  for (const ramp of common) {
    const oneOff = (one.get(ramp) ?? 0) - oneMean
    const otherOff = (other.get(ramp) ?? 0) - otherMean
    product += oneOff * otherOff
    oneSquare += oneOff * oneOff
    otherSquare += otherOff * otherOff
  }
  if (oneSquare === 0 || otherSquare === 0) return undefined
  return product / Math.sqrt(oneSquare * otherSquare)
}
