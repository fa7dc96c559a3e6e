/**
 * Which of its times each stage draws in each simulated ramp, as shares from 0 to 1. A simulated ramp
 * follows one of the recorded ones: each stage draws a time that ranks about as it did in that one. So
 * stages that were slow together, as on a busy machine, stay so; drawn one by one they would not, and
 * the slow ramps that a p95 is about would be lost. The fewer ramps there are, the wider is "about".
 */
import { CHANCE_RANGE, ChanceStream } from './chance.ts'
import type { StageSamples } from './samples.ts'

/** Shares of all simulated ramps, one after the other, each with a share for every stage. */
export type Shares = Float64Array

/** Beyond so many ramps "about" is no wider than one rank. */
const MOST_SMOOTHED = 64

/**
 * Draws the shares for so many ramps. Drawing more ramps leaves those before them as they are, and
 * every stage's shares are spread evenly, so that it keeps the distribution of its times.
 *
 * @source J. Segers, M. Sibuya, H. Tsukahara, The empirical beta copula (2017)
 */
export function drawShares(
  samples: readonly StageSamples[],
  options: { readonly runs: number; readonly seed: number },
): Shares {
  const { runs, seed } = options
  const shares = new Float64Array(runs * samples.length)
  const ramps = [...new Set(samples.flatMap((stage) => stage.ramps))]
  const followed = followedRamps(ramps, options)
  samples.forEach((stage, place) => {
    const stream = new ChanceStream(seed, `stage ${stage.name}`)
    const ranks = new Map(stage.ramps.map((ramp, rank) => [ramp, rank]))
    const scratch = new Float64Array(Math.min(MOST_SMOOTHED, ranks.size))
    for (let run = 0; run < runs; run++) {
      const rank = ranks.get(followed[run] ?? -1)
      const share =
        rank === undefined
          ? stream.next() / CHANCE_RANGE
          : shareAbout(rank, ranks.size, stream, scratch)
      shares[run * samples.length + place] = share
    }
  })
  return shares
}

/** The recorded ramp that each simulated one follows. */
function followedRamps(
  ramps: readonly number[],
  { runs, seed }: { readonly runs: number; readonly seed: number },
): readonly number[] {
  const stream = new ChanceStream(seed, 'ramp')
  return Array.from(
    { length: ramps.length === 0 ? 0 : runs },
    () => ramps[Math.floor((stream.next() / CHANCE_RANGE) * ramps.length)] ?? -1,
  )
}

/** A share where that rank of so many would be expected: the number of that rank of as many drawn. */
function shareAbout(
  rank: number,
  count: number,
  stream: ChanceStream,
  scratch: Float64Array,
): number {
  if (count > MOST_SMOOTHED) return (rank + stream.next() / CHANCE_RANGE) / count
  for (let index = 0; index < count; index++) scratch[index] = stream.next() / CHANCE_RANGE
  return scratch.sort()[rank] ?? 0
}
