/** The part of a picture that shows how many simulated ramps took how long, over the axis of time. */
import type { Forecast, Histogram } from '../../core/forecast/forecast.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { element, INK, line, text } from './svg.ts'

/** What it needs to know of the axis. */
export interface TimeAxis {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  at(ms: number): number
}

const HEIGHT = 38
const ABOVE = 28

/** Hills of the totals; the one as it is lies behind. */
export function distribution(
  axis: TimeAxis,
  shown: Forecast,
  before: Forecast | undefined,
): readonly string[] {
  const floor = axis.top - ABOVE
  const hills = [
    ...(before === undefined
      ? []
      : [hill(axis, before.histogram, { fill: INK.blue, 'fill-opacity': 0.18 })]),
    hill(axis, shown.histogram, { fill: INK.hot, 'fill-opacity': 0.28 }),
  ]
  const base = line([axis.left, floor], [axis.right, floor], { stroke: INK.faint })
  const words = { 'font-size': 11, fill: INK.quiet, 'text-anchor': 'end' }
  return [...hills, base, text(axis.left - 14, floor - 6, 'whole ramp', words)]
}

/** Where half, and nineteen of twenty, of the ramps are over. */
export function markers(axis: TimeAxis, { total }: Forecast): readonly string[] {
  const top = axis.top - ABOVE - HEIGHT - 16
  const marks = [
    { name: 'p50', ms: total.p50Ms, anchor: 'end', by: -5 },
    { name: 'p95', ms: total.p95Ms, anchor: 'start', by: 5 },
  ]
  return marks.flatMap(({ name, ms, anchor, by }) => [
    line([axis.at(ms), top], [axis.at(ms), axis.bottom], {
      stroke: INK.hot,
      'stroke-width': 1,
      'stroke-dasharray': name === 'p50' ? '0' : '4 3',
    }),
    text(axis.at(ms) + by, top + 8, `${name} ${describeDuration(ms)}`, {
      'text-anchor': anchor,
      'font-size': 11.5,
      'font-weight': 600,
      fill: INK.hot,
    }),
  ])
}

function hill(
  axis: TimeAxis,
  { fromMs, untilMs, counts }: Histogram,
  paint: Readonly<Record<string, string | number>>,
): string {
  const floor = axis.top - ABOVE
  const smooth = smoothed(counts)
  const most = Math.max(1, ...smooth)
  const stepMs = Math.max(1, untilMs - fromMs) / counts.length
  const end = axis.right
  const points = smooth.flatMap((count, place): readonly string[] => {
    const x = axis.at(fromMs + (place + 0.5) * stepMs)
    return x >= end ? [] : [`${x.toFixed(1)},${(floor - (count / most) * HEIGHT).toFixed(1)}`]
  })
  const from = `${axis.at(fromMs).toFixed(1)},${floor}`
  const until = `${axis.at(untilMs).toFixed(1)},${floor}`
  return element('polygon', { points: [from, ...points, until].join(' '), ...paint })
}

/** Each step together with its neighbours: a recorded handful of times makes a comb otherwise. */
function smoothed(counts: readonly number[]): readonly number[] {
  const weights = [1, 2, 3, 2, 1]
  return counts.map((_, place) =>
    weights.reduce((sum, weight, at) => sum + weight * (counts[place + at - 2] ?? 0), 0),
  )
}
