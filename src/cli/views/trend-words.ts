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

/** How forecasts from the ramps before each one would have done. */
export function checkText({ check }: Trend): string {
  if (check === undefined) return 'too few ramps to foretell one from those before it'
  const { ramps, medianErrorBp, errorBpMedian, withinBp } = check
  const within = Math.round((withinBp * ramps) / 10_000)
  const middle = signedPercent(medianErrorBp)
  const one = `${(errorBpMedian / 100).toFixed(1)} %`
  return `forecasts: median ${middle}, a single ramp off by ${one}, ${within} of ${ramps} between p5 and p95`
}

/** A share with its sign and one decimal. */
export function signedPercent(shareBp: number): string {
  const percent = (Math.abs(shareBp) / 100).toFixed(1)
  if (percent === '0.0') return '±0 %'
  return `${shareBp > 0 ? '+' : '−'}${percent} %`
}
