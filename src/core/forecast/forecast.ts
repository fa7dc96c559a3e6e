/**
 * The forecast: many ramps simulated, each stage's times drawn from its numbers, and what they have in
 * common. Monte Carlo, but the same seed gives the same forecast, and two scenarios with one seed are
 * drawn alike, so that their difference is that of the scenarios and not of chance.
 */
import { assert, present } from '../fault/assert.ts'
import { drawShares, type Shares } from './draw-shares.ts'
import { timesAt } from './draw-times.ts'
import type { Network } from './network.ts'
import { quantileOf, type Spread, spreadOf } from './quantile.ts'
import type { StageSamples } from './samples.ts'
import { scheduleOf } from './schedule.ts'
import type { StageTimes } from './stage-times.ts'

/** A network and the numbers of its stages, place by place. */
export interface Scenario {
  readonly network: Network
  readonly samples: readonly StageSamples[]
}

/** How a forecast is drawn. */
export interface ForecastOptions {
  /** How many ramps are simulated. @minimum 1 */
  readonly runs: number
  readonly seed: number
  /** Drawn for these samples and as many runs at least; absent: they are drawn. */
  readonly shares?: Shares
}

/** One stage of a forecast. Instants are counted from the ramp's opening. */
export interface StageForecast {
  readonly name: string
  /** When it is let in. */
  readonly from: Spread
  /** When it begins; later only where cores are scarce. */
  readonly begin: Spread
  /** When every exit condition has passed once; what follows is holding. */
  readonly provisional: Spread
  readonly ready: Spread
  /** From beginning until it is ready. */
  readonly own: Spread
  /** In how many of the ramps it could not have been later without the ramp being longer. @unit bp */
  readonly criticalShareBp: number
  /** How much later it could have been, on average. @unit ms */
  readonly slackMsMean: number
}

/** How many ramps took how long: equal steps from the shortest to the longest. */
export interface Histogram {
  /** @unit ms */
  readonly fromMs: number
  /** @unit ms */
  readonly untilMs: number
  readonly counts: readonly number[]
}

/** What is to be expected of a ramp. */
export interface Forecast {
  readonly runs: number
  readonly seed: number
  readonly total: Spread
  /** @unit ms */
  readonly totalMsMean: number
  readonly histogram: Histogram
  /** In the plan's order. */
  readonly stages: readonly StageForecast[]
}

interface Tally {
  readonly from: Float64Array
  readonly begin: Float64Array
  readonly provisional: Float64Array
  readonly ready: Float64Array
  readonly own: Float64Array
  critical: number
  slackMs: number
}

/** Simulates the ramps of a scenario. */
export function forecastOf(scenario: Scenario, options: ForecastOptions): Forecast {
  const { network, samples } = scenario
  const { runs, seed, shares = drawShares(samples, options) } = options
  assert(samples.length === network.stages.length, 'every stage of the network has its numbers')
  const totals = new Float64Array(runs)
  const tallies = network.stages.map((): Tally => {
    const column = (): Float64Array => new Float64Array(runs)
    return {
      from: column(),
      begin: column(),
      provisional: column(),
      ready: column(),
      own: column(),
      critical: 0,
      slackMs: 0,
    }
  })
  for (let run = 0; run < runs; run++) {
    const times = timesOf(samples, shares, run)
    const schedule = scheduleOf(network, times)
    totals[run] = schedule.totalMs
    tallies.forEach((tally, place) => {
      const beginMs = schedule.beginMs[place] ?? 0
      const readyMs = schedule.readyMs[place] ?? 0
      tally.from[run] = schedule.fromMs[place] ?? 0
      tally.begin[run] = beginMs
      tally.provisional[run] = beginMs + (times[place]?.provisionalMs ?? 0)
      tally.ready[run] = readyMs
      tally.own[run] = readyMs - beginMs
      tally.slackMs += schedule.slackMs[place] ?? 0
      if (schedule.slackMs[place] === 0) tally.critical += 1
    })
  }
  return {
    runs,
    seed,
    total: spreadOf(totals),
    totalMsMean: Math.round(totals.reduce((sum, ms) => sum + ms, 0) / runs),
    histogram: histogramOf(totals),
    stages: network.stages.map(({ name }, place) =>
      summedUp(name, present(tallies[place], 'every stage is tallied'), runs),
    ),
  }
}

/** The median of the totals alone, for comparing many scenarios. @unit ms */
export function medianTotalMs(scenario: Scenario, options: ForecastOptions): number {
  const { network, samples } = scenario
  const { runs, shares = drawShares(samples, options) } = options
  const totals = new Float64Array(runs)
  for (let run = 0; run < runs; run++) {
    totals[run] = scheduleOf(network, timesOf(samples, shares, run)).totalMs
  }
  return quantileOf(totals.sort(), 50)
}

const HISTOGRAM_STEPS = 60

function histogramOf(totals: Float64Array): Histogram {
  const fromMs = totals.reduce((least, ms) => Math.min(least, ms))
  const untilMs = totals.reduce((most, ms) => Math.max(most, ms))
  const counts: number[] = new Array(HISTOGRAM_STEPS).fill(0)
  const stepMs = Math.max(1, untilMs - fromMs) / HISTOGRAM_STEPS
  for (const ms of totals) {
    const step = Math.min(HISTOGRAM_STEPS - 1, Math.floor((ms - fromMs) / stepMs))
    counts[step] = (counts[step] ?? 0) + 1
  }
  return { fromMs, untilMs, counts }
}

function summedUp(name: string, tally: Tally, runs: number): StageForecast {
  return {
    name,
    from: spreadOf(tally.from),
    begin: spreadOf(tally.begin),
    provisional: spreadOf(tally.provisional),
    ready: spreadOf(tally.ready),
    own: spreadOf(tally.own),
    criticalShareBp: Math.round((tally.critical / runs) * 10_000),
    slackMsMean: Math.round(tally.slackMs / runs),
  }
}

/** The times of all stages in a simulated ramp. */
function timesOf(
  samples: readonly StageSamples[],
  shares: Shares,
  run: number,
): readonly StageTimes[] {
  return samples.map((stage, place) => timesAt(stage, shares[run * samples.length + place] ?? 0))
}
