/**
 * The lead time of a ramp, run over run: whether it is getting longer, and how well a forecast from the
 * ramps before each one would have foretold it. Nothing is kept for that: the ledger has it all.
 */
import { forecastOf } from './forecast.ts'
import { networkOf } from './network.ts'
import type { PastRamp } from './past-ramp.ts'
import { medianOf, type Spread, spreadOf } from './quantile.ts'
import { samplesFor } from './samples.ts'

/** What a forecast from the earlier ramps says of one that has been. */
export interface Foretold {
  readonly total: Spread
  /** How far the median was above what happened, of what happened; negative: below. @unit bp */
  readonly errorBp: number
  /** Whether what happened lies between p5 and p95. */
  readonly isWithin: boolean
}

/** One ramp of a trend. */
export interface TrendRamp {
  readonly ramp: string
  readonly openedAtMs: number
  /** @unit ms */
  readonly totalMs: number
  /** The stage that took longest by itself. */
  readonly slowest?: { readonly stage: string; readonly ownMs: number }
  /** Whether the plan is another one than of the ramp before. */
  readonly isOtherPlan: boolean
  /** Absent: too few ramps before it. */
  readonly foretold?: Foretold
}

/** Where lead times go. */
export interface Slope {
  /** The median of what every two ramps differ by, for each ramp between them. @unit ms */
  readonly msPerRamp: number
  /** `unclear`: too few ramps to tell. */
  readonly direction: 'steady' | 'slower' | 'faster' | 'unclear'
}

/** The lead time of a ramp, run over run. */
export interface Trend {
  /** Oldest first. */
  readonly ramps: readonly TrendRamp[]
  readonly total: Spread
  readonly slope: Slope
  /** How well forecasts would have done; absent: none could be made. */
  readonly check?: {
    readonly ramps: number
    /** How far the middle of the forecasts was above the middle of what happened. @unit bp */
    readonly medianErrorBp: number
    /** The middle of the errors, whatever their sign. @unit bp */
    readonly errorBpMedian: number
    /** How many ramps were between p5 and p95. @unit bp */
    readonly withinBp: number
  }
}

/** Fewer ramps than this foretell nothing. */
const LEAST_BEFORE = 3

/** Fewer ramps than this show no direction. */
const LEAST_FOR_DIRECTION = 8

/** How many ramps are simulated for each that has been; fewer when there are very many stages. */
const RUNS = { least: 50, most: 1_000, stages: 200_000 } as const

/** The trend of ramps, oldest first; those that found parts running are left out. One at least. */
export function trendOf(history: readonly PastRamp[], seed: number): Trend {
  const whole = wholeRamps(history)
  const totals = whole.map(({ totalMs }) => totalMs)
  const ramps = whole.map((past, index): TrendRamp => {
    const foretold = foretell(past, history.slice(0, history.indexOf(past)), seed)
    const slowest = past.stages.reduce<TrendRamp['slowest']>((found, { name, times }) => {
      const isSlower = found === undefined || times.readyMs > found.ownMs
      return isSlower ? { stage: name, ownMs: times.readyMs } : found
    }, undefined)
    return {
      ramp: past.ramp,
      openedAtMs: past.openedAtMs,
      totalMs: past.totalMs,
      ...(slowest === undefined ? {} : { slowest }),
      isOtherPlan: index > 0 && past.planDigest !== whole[index - 1]?.planDigest,
      ...(foretold === undefined ? {} : { foretold }),
    }
  })
  const check = checkOf(ramps)
  return {
    ramps,
    total: spreadOf(totals),
    slope: slopeOf(totals),
    ...(check === undefined ? {} : { check }),
  }
}

function checkOf(ramps: readonly TrendRamp[]): Trend['check'] {
  const checked = ramps.flatMap(({ foretold, totalMs }) =>
    foretold === undefined ? [] : [{ ...foretold, totalMs }],
  )
  if (checked.length === 0) return undefined
  const foretoldMs = medianOf(checked.map(({ total }) => total.p50Ms))
  const actualMs = medianOf(checked.map(({ totalMs }) => totalMs))
  const within = checked.filter(({ isWithin }) => isWithin).length
  return {
    ramps: checked.length,
    medianErrorBp: errorOf(foretoldMs, actualMs),
    errorBpMedian: medianOf(checked.map(({ errorBp }) => Math.abs(errorBp))),
    withinBp: Math.round((within / checked.length) * 10_000),
  }
}

function errorOf(foretoldMs: number, actualMs: number): number {
  return Math.round(((foretoldMs - actualMs) / Math.max(1, actualMs)) * 10_000)
}

/** The ramps that brought everything up themselves, so that their whole time means something. */
export function wholeRamps(history: readonly PastRamp[]): readonly PastRamp[] {
  return history.filter((past) => past.foundRunning.length === 0)
}

/** What a forecast from these ramps alone says of another one. */
export function foretell(
  past: PastRamp,
  before: readonly PastRamp[],
  seed: number,
): Foretold | undefined {
  const { stages, missing } = samplesFor(past.plan, before)
  if (missing.length > 0 || wholeRamps(before).length < LEAST_BEFORE) return undefined
  const scenario = { network: networkOf(past.plan), samples: stages }
  const room = Math.floor(RUNS.stages / Math.max(1, past.plan.stages.length))
  const runs = Math.max(RUNS.least, Math.min(RUNS.most, room))
  const { total } = forecastOf(scenario, { runs, seed })
  const { totalMs } = past
  return {
    total,
    errorBp: errorOf(total.p50Ms, totalMs),
    isWithin: totalMs >= total.p5Ms && totalMs <= total.p95Ms,
  }
}

/**
 * The slope of values in order, and whether it is more than chance would make of steady ones (one in
 * twenty would be called otherwise).
 *
 * @source P. K. Sen 1968 (the slope); H. B. Mann 1945, M. G. Kendall 1975 (the test)
 */
export function slopeOf(values: readonly number[]): Slope {
  const slopes: number[] = []
  let rises = 0
  values.forEach((value, place) => {
    for (let later = place + 1; later < values.length; later++) {
      const rise = (values[later] ?? 0) - value
      slopes.push(rise / (later - place))
      rises += Math.sign(rise)
    }
  })
  const sorted = slopes.sort((one, other) => one - other)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  const median = sorted.length % 2 === 0 ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper
  const msPerRamp = Math.round(median * 10) / 10
  const { length } = values
  if (length < LEAST_FOR_DIRECTION) return { msPerRamp, direction: 'unclear' }
  const deviation = Math.sqrt((length * (length - 1) * (2 * length + 5)) / 18)
  const isChance = Math.max(0, Math.abs(rises) - 1) / deviation < 1.96
  if (isChance) return { msPerRamp, direction: 'steady' }
  return { msPerRamp, direction: rises > 0 ? 'slower' : 'faster' }
}
