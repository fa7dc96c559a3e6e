/** A trend for the terminal: where it goes, a line of bars, and a row for each ramp. */
import type { TrendRamp } from '../../core/forecast/trend.ts'
import { goalWords } from '../../core/telling/goal-words.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { TrendReport } from '../trend-report.ts'
import { countOf, tableLines } from './columns.ts'
import type { Paint } from './paint.ts'
import { checkText, directionText } from './trend-words.ts'

const STEPS = '▁▂▃▄▅▆▇█'

/** Draws a report. */
export function trendLines(report: TrendReport, paint: Paint, width: number): readonly string[] {
  const { name, goal, trend, partial } = report
  const { p50Ms, p95Ms } = trend.total
  const ramps = countOf(trend.ramps.length, 'ramp')
  const head = `${name} was ${goalWords(goal).reached} after ${describeDuration(p50Ms)} (p50)`
  const shown = trend.ramps.slice(-Math.max(1, width - 4))
  const rows = trend.ramps.toReversed().map(rowOf)
  const [titles = '', ...lines] = tableLines([
    ['ramp', 'opened', 'took', 'foretold', 'error', 'slowest stage'],
    ...rows,
  ])
  return [
    paint.bold(`${head}, ${describeDuration(p95Ms)} (p95), over ${ramps}`),
    ...(partial === 0
      ? []
      : [paint.dim(`Left out: ${countOf(partial, 'ramp')} that found parts running already.`)]),
    '',
    `  ${paint.mood('moving', sparkline(shown.map(({ totalMs }) => totalMs)))}`,
    `  ${directionText(trend)}`,
    `  ${checkText(trend)}`,
    '',
    paint.dim(`  ${titles}`),
    ...lines.map((line) => `  ${line}`),
    ...(trend.ramps.some(({ foretold }) => foretold?.isWithin === false)
      ? [paint.dim('  ! not between p5 and p95 of what was foretold')]
      : []),
    ...(trend.ramps.some((ramp) => ramp.isOtherPlan)
      ? [paint.dim('  * from here on the plan was another one')]
      : []),
  ]
}

/** Durations as bars, the lowest bar the shortest of them. */
function sparkline(durationsMs: readonly number[]): string {
  const least = Math.min(...durationsMs)
  const most = Math.max(...durationsMs)
  return durationsMs
    .map((ms) => {
      const share = most === least ? 0.5 : (ms - least) / (most - least)
      return STEPS[Math.min(STEPS.length - 1, Math.floor(share * STEPS.length))]
    })
    .join('')
}

function rowOf(ramp: TrendRamp): readonly string[] {
  const { foretold, slowest } = ramp
  const mark = ramp.isOtherPlan ? ' *' : ''
  return [
    `${ramp.ramp}${mark}`,
    new Date(ramp.openedAtMs).toISOString().slice(0, 16).replace('T', ' '),
    describeDuration(ramp.totalMs),
    foretold === undefined ? '' : describeDuration(foretold.total.p50Ms),
    foretold === undefined ? '' : errorText(foretold.errorBp, foretold.isWithin),
    slowest === undefined ? '' : `${slowest.stage} ${describeDuration(slowest.ownMs)}`,
  ]
}

function errorText(errorBp: number, isWithin: boolean): string {
  const percent = Math.round(errorBp / 100)
  const sign = percent === 0 ? '±' : percent > 0 ? '+' : '−'
  return `${sign}${Math.abs(percent)} %${isWithin ? '' : ' !'}`
}
