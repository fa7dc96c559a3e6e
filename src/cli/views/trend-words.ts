/** What a trend says, in sentences. */
import type { Trend } from '../../core/forecast/trend.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { countOf } from './columns.ts'

/** Where lead times go. */
export function directionText({ slope, ramps }: Trend): string {
  const { msPerRamp, direction } = slope
  const size = describeDuration(Math.abs(msPerRamp))
  switch (direction) {
    case 'slower':
      return `getting slower by ${size} with every ramp`
    case 'faster':
      return `getting faster by ${size} with every ramp`
    case 'steady':
      return 'steady: no more up and down than chance would make'
    default:
      return `${countOf(ramps.length, 'ramp')}: too few to show a direction`
  }
}

/** How forecasts would have done. */
export function checkText({ check }: Trend): string {
  if (check === undefined) return 'too few ramps to foretell one from those before it'
  const { ramps, errorBpMedian, withinBp } = check
  const within = Math.round((withinBp * ramps) / 10_000)
  const off = `${(errorBpMedian / 100).toFixed(1)} %`
  return `foretold from those before it, a ramp was off by ${off} (median); ${within} of ${ramps} lay between p5 and p95`
}
