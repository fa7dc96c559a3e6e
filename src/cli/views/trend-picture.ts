/** A trend as a picture: each ramp's lead time over what was foretold of it, and where it goes. */
import type { Trend, TrendRamp } from '../../core/forecast/trend.ts'
import { goalWords } from '../../core/telling/goal-words.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { TrendReport } from '../trend-report.ts'
import { countOf } from './columns.ts'
import { element, INK, line, picture, text, ticksTo, tickText } from './svg.ts'
import { checkText, directionText } from './trend-words.ts'

const WIDTH = 1_080
const HEIGHT = 486
const PLACE = { left: 84, right: WIDTH - 76, top: 126, bottom: HEIGHT - 84 } as const

interface Scale {
  x(index: number): number
  y(ms: number): number
  readonly endMs: number
  /** Between two ramps. */
  readonly step: number
}

/** Draws a report. */
export function trendPicture({ name, goal, trend }: TrendReport): string {
  const { total, ramps } = trend
  const reached = goalWords(goal).reached
  const title = `${name} was ${reached} after ${describeDuration(total.p50Ms)}`
  const scale = scaleOf(ramps)
  const late = `one in twenty took longer than ${describeDuration(total.p95Ms)}`
  const inside = [
    text(24, 38, title, { 'font-size': 22, 'font-weight': 600 }),
    text(24, 60, `median of ${countOf(ramps.length, 'ramp')}; ${late}`, { fill: INK.quiet }),
    text(24, 80, directionText(trend), { fill: INK.quiet }),
    text(24, 100, checkText(trend), { fill: INK.quiet }),
    ...grid(scale),
    ...ramps.flatMap((ramp, index) => foretoldMarks(ramp, index, scale)),
    ...levels(trend, scale),
    ...direction(trend, scale),
    ...actualMarks(ramps, scale),
    ...dates(ramps, scale),
    ...legend(HEIGHT - 22),
  ]
  return picture(WIDTH, HEIGHT, title, inside)
}

function scaleOf(ramps: readonly TrendRamp[]): Scale {
  const { left, right, top, bottom } = PLACE
  const most = Math.max(
    1,
    ...ramps.flatMap(({ totalMs, foretold }) => [totalMs, foretold?.total.p95Ms ?? 0]),
  )
  const endMs = most * 1.08
  const step = (right - left) / Math.max(1, ramps.length)
  return {
    x: (index) => left + (index + 0.5) * step,
    y: (ms) => bottom - (ms / endMs) * (bottom - top),
    endMs,
    step,
  }
}

function grid({ y, endMs }: Scale): readonly string[] {
  const words = { 'text-anchor': 'end', 'font-size': 11, fill: INK.quiet }
  return ticksTo(endMs, 6).flatMap((ms) => [
    line([PLACE.left, y(ms)], [PLACE.right, y(ms)], { stroke: INK.faint }),
    text(PLACE.left - 10, y(ms) + 4, tickText(ms), words),
  ])
}

function foretoldMarks(ramp: TrendRamp, index: number, { x, y, step }: Scale): readonly string[] {
  const { foretold } = ramp
  const width = Math.max(2, Math.min(26, step * 0.62))
  const left = x(index) - width / 2
  const change = ramp.isOtherPlan
    ? [
        line([x(index) - step / 2, PLACE.top], [x(index) - step / 2, PLACE.bottom], {
          stroke: INK.quiet,
          'stroke-dasharray': '2 3',
        }),
        text(x(index) - step / 2 + 4, PLACE.top + 10, 'another plan', {
          'font-size': 11,
          fill: INK.quiet,
        }),
      ]
    : []
  if (foretold === undefined) return change
  const { p5Ms, p50Ms, p95Ms } = foretold.total
  return [
    ...change,
    element('rect', {
      x: left,
      y: y(p95Ms),
      width,
      height: Math.max(1, y(p5Ms) - y(p95Ms)),
      rx: 3,
      fill: INK.band,
    }),
    line([left, y(p50Ms)], [left + width, y(p50Ms)], { stroke: INK.blue, 'stroke-width': 2 }),
  ]
}

function levels({ total }: Trend, { y }: Scale): readonly string[] {
  const marks = [
    { name: 'p50', ms: total.p50Ms, dashes: '0' },
    { name: 'p95', ms: total.p95Ms, dashes: '4 3' },
  ]
  // Two names that would lie on each other are moved apart.
  const nearness = Math.max(0, 14 - (y(total.p50Ms) - y(total.p95Ms))) / 2
  return marks.flatMap(({ name, ms, dashes }) => [
    line([PLACE.left, y(ms)], [PLACE.right, y(ms)], {
      stroke: INK.hot,
      'stroke-dasharray': dashes,
      'stroke-opacity': 0.7,
    }),
    text(
      PLACE.right + 6,
      y(ms) + 4 + (name === 'p50' ? nearness : -nearness),
      `${name} ${describeDuration(ms)}`,
      { 'font-size': 11, fill: INK.hot },
    ),
  ])
}

/** The slope, through the middle of what was measured; only when it is more than chance. */
function direction({ slope, ramps, total }: Trend, { x, y }: Scale): readonly string[] {
  if (slope.direction !== 'slower' && slope.direction !== 'faster') return []
  const half = (ramps.length - 1) / 2
  const at = (index: number): number => total.p50Ms + (index - half) * slope.msPerRamp
  const last = ramps.length - 1
  return [
    line([x(0), y(at(0))], [x(last), y(at(last))], {
      stroke: INK.hot,
      'stroke-width': 2.5,
      'stroke-opacity': 0.8,
    }),
  ]
}

function actualMarks(ramps: readonly TrendRamp[], { x, y, step }: Scale): readonly string[] {
  const points = ramps.map(
    ({ totalMs }, index) => `${x(index).toFixed(1)},${y(totalMs).toFixed(1)}`,
  )
  const radius = Math.max(2, Math.min(5, step * 0.2))
  return [
    element('polyline', {
      points: points.join(' '),
      fill: 'none',
      stroke: INK.text,
      'stroke-opacity': 0.25,
    }),
    ...ramps.map(({ totalMs, foretold }, index) =>
      element('circle', {
        cx: x(index),
        cy: y(totalMs),
        r: radius,
        fill: foretold === undefined || foretold.isWithin ? INK.text : INK.hot,
      }),
    ),
  ]
}

function dates(ramps: readonly TrendRamp[], { x }: Scale): readonly string[] {
  const many = Math.min(6, ramps.length)
  const shown = new Set(
    Array.from({ length: many }, (_, part) =>
      many === 1 ? 0 : Math.round((part * (ramps.length - 1)) / (many - 1)),
    ),
  )
  const words = { 'text-anchor': 'middle', 'font-size': 11, fill: INK.quiet }
  return [...shown].map((index) => {
    const opened = new Date(ramps[index]?.openedAtMs ?? 0).toISOString()
    const written = `${opened.slice(0, 10)} ${opened.slice(11, 16)}`
    return text(x(index), PLACE.bottom + 20, written, words)
  })
}

function legend(y: number): readonly string[] {
  const words = { 'font-size': 11.5, fill: INK.quiet }
  return [
    element('circle', { cx: 32, cy: y - 4, r: 4.5, fill: INK.text }),
    text(44, y, 'a ramp', words),
    element('circle', { cx: 112, cy: y - 4, r: 4.5, fill: INK.hot }),
    text(124, y, 'outside of what was foretold', words),
    element('rect', { x: 310, y: y - 12, width: 18, height: 16, rx: 3, fill: INK.band }),
    line([310, y - 4], [328, y - 4], { stroke: INK.blue, 'stroke-width': 2 }),
    text(336, y, 'foretold from the ramps before it: p5, p50, p95', words),
  ]
}
