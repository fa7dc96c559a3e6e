/**
 * A simulation as a picture: how long ramps take, each stage from its median start to its median ready
 * with whiskers from p5 to p95, coloured by how often it is on the critical path.
 */
import type { Forecast, StageForecast } from '../../core/forecast/forecast.ts'
import { goalWords } from '../../core/telling/goal-words.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { SimulationReport } from '../simulation-report.ts'
import { describeChange } from './change-words.ts'
import { countOf, fit } from './columns.ts'
import { distribution, markers } from './distribution-picture.ts'
import { element, heat, INK, line, picture, text, ticksTo, tickText } from './svg.ts'

/** Where everything stands. */
interface Layout {
  readonly width: number
  readonly left: number
  readonly right: number
  /** Top of the bars. */
  readonly top: number
  readonly bottom: number
  at(ms: number): number
}

const WIDTH = 1_080
const ROW = 30
const NUMBERS = 280
const TOP = 192

/** Draws a report. */
export function simulationPicture(report: SimulationReport): string {
  const { subject, simulation } = report
  const { before, after, improvements } = simulation
  const shown = after ?? before
  const layout = layoutOf(shown, after === undefined ? undefined : before)
  const { p50Ms, p95Ms } = shown.total
  const title = `${subject.name} would be ${goalWords(subject.goal).reached} after ${describeDuration(p50Ms)}`
  const footTop = layout.bottom + 44
  const inside = [
    text(24, 38, title, { 'font-size': 22, 'font-weight': 600 }),
    text(24, 60, subtitle(report, p95Ms), { fill: INK.quiet }),
    ...changesText(report),
    ...axis(layout),
    ...distribution(layout, shown, after === undefined ? undefined : before),
    ...rows(layout, shown, after === undefined ? undefined : before),
    ...markers(layout, shown),
    ...legend(footTop, shown, after !== undefined),
    ...improvementsText(report, footTop + 38),
  ]
  const height = footTop + (improvements.length === 0 ? 20 : 62 + improvements.length * 20)
  return picture(WIDTH, height, title, inside)
}

function layoutOf(shown: Forecast, before: Forecast | undefined): Layout {
  const longest = Math.max(...shown.stages.map(({ name }) => name.length))
  const left = Math.min(240, Math.max(110, 40 + longest * 7.6))
  const right = WIDTH - NUMBERS
  const ends = [shown, ...(before === undefined ? [] : [before])].map(({ total }) => total.p95Ms)
  const endMs = Math.max(1, ...ends) * 1.06
  return {
    width: WIDTH,
    left,
    right,
    top: TOP,
    bottom: TOP + shown.stages.length * ROW,
    at: (ms) => left + (Math.min(ms, endMs) / endMs) * (right - left),
  }
}

function subtitle({ subject, simulation }: SimulationReport, p95Ms: number): string {
  const { runs } = simulation.before
  const { length } = subject.history
  const from = length === 0 ? 'estimates' : countOf(length, 'recorded ramp')
  const late = `one in twenty takes longer than ${describeDuration(p95Ms)}`
  return `median of ${runs.toLocaleString('en')} ramps simulated from ${from}; ${late}`
}

function changesText({ simulation }: SimulationReport): readonly string[] {
  const { before, after, changes } = simulation
  if (after === undefined) return []
  const words = changes.map(describeChange).join('; ')
  const was = `as it is: ${describeDuration(before.total.p50Ms)}`
  return [text(24, 80, fit(`what if ${words} (${was})`, 150), { fill: INK.blue })]
}

function axis(layout: Layout): readonly string[] {
  const { left, right, top, bottom, at } = layout
  const endMs = ((right - left) / (at(1) - left)) * 1
  return ticksTo(endMs, 8).flatMap((ms) => [
    line([at(ms), top - 4], [at(ms), bottom], { stroke: INK.faint, 'stroke-width': 1 }),
    text(at(ms), bottom + 16, tickText(ms), {
      'text-anchor': 'middle',
      'font-size': 11,
      fill: INK.quiet,
    }),
  ])
}

function rows(layout: Layout, shown: Forecast, before: Forecast | undefined): readonly string[] {
  const { right, top } = layout
  const head = { 'font-size': 11, fill: INK.quiet, 'text-anchor': 'end' }
  const titles = [
    text(right + 78, top - 10, 'own time', head),
    text(right + 148, top - 10, 'mean slack', head),
    text(right + 256, top - 10, 'critical path', head),
  ]
  const drawn = shown.stages.flatMap((stage, place) => [
    ...(place % 2 === 0
      ? [
          element('rect', {
            x: 12,
            y: top + place * ROW,
            width: WIDTH - 24,
            height: ROW,
            rx: 4,
            fill: INK.stripe,
            'fill-opacity': 0.7,
          }),
        ]
      : []),
    ...bar(layout, stage, top + place * ROW, before?.stages[place]),
    ...numbers(layout, stage, top + place * ROW),
  ])
  return [...titles, ...drawn]
}

function bar(
  { left, at }: Layout,
  stage: StageForecast,
  y: number,
  was: StageForecast | undefined,
): readonly string[] {
  const fill = heat(stage.criticalShareBp)
  const [begin, first, ready] = [stage.begin, stage.provisional, stage.ready].map(({ p50Ms }) =>
    at(p50Ms),
  )
  const box = (from = 0, to = 0, rest: Record<string, string | number> = {}): string =>
    element('rect', {
      x: from,
      y: y + 8,
      width: Math.max(2, to - from),
      height: 14,
      rx: 2,
      fill,
      ...rest,
    })
  const middle = y + 15
  const whisker = { stroke: INK.text, 'stroke-width': 1.3 }
  const waits = at(stage.begin.p50Ms) - at(stage.from.p50Ms) > 1
  return [
    text(left - 14, y + 19.5, fit(stage.name, 28), { 'text-anchor': 'end' }),
    ...(waits
      ? [
          line([at(stage.from.p50Ms), middle], [begin ?? 0, middle], {
            stroke: INK.quiet,
            'stroke-dasharray': '2 3',
          }),
        ]
      : []),
    box(begin, ready, { 'fill-opacity': 0.38 }),
    box(begin, first),
    ...(was === undefined
      ? []
      : [
          line(
            [at(was.begin.p50Ms), y + 26],
            [Math.max(at(was.begin.p50Ms) + 2, at(was.ready.p50Ms)), y + 26],
            { stroke: INK.blue, 'stroke-width': 2.5, 'stroke-opacity': 0.55 },
          ),
        ]),
    line([at(stage.ready.p5Ms), middle], [at(stage.ready.p95Ms), middle], whisker),
    ...[stage.ready.p5Ms, stage.ready.p95Ms].map((ms) =>
      line([at(ms), middle - 4], [at(ms), middle + 4], whisker),
    ),
  ]
}

function numbers({ right }: Layout, stage: StageForecast, y: number): readonly string[] {
  const end = { 'text-anchor': 'end', 'font-size': 12.5 }
  const share = Math.round(stage.criticalShareBp / 100)
  const track = { x: right + 166, y: y + 11, height: 8, rx: 4 }
  return [
    text(right + 78, y + 19.5, describeDuration(stage.own.p50Ms), end),
    text(right + 148, y + 19.5, describeDuration(stage.slackMsMean), { ...end, fill: INK.quiet }),
    element('rect', { ...track, width: 40, fill: INK.faint }),
    ...(share === 0
      ? []
      : [
          element('rect', {
            ...track,
            width: Math.max(8, share * 0.4),
            fill: heat(stage.criticalShareBp),
          }),
        ]),
    text(right + 256, y + 19.5, `${share} %`, end),
  ]
}

/** Whether it is let in before it begins: no core was free. */
function isWaiting({ from, begin }: StageForecast): boolean {
  return begin.p50Ms > from.p50Ms
}

function legend(y: number, shown: Forecast, hasBefore: boolean): readonly string[] {
  const words = { 'font-size': 11.5, fill: INK.quiet }
  const [middle, whisker] = [y - 4, { stroke: INK.text, 'stroke-width': 1.3 }]
  const box = (x: number, rest: Record<string, string | number>): string =>
    element('rect', { x, y: y - 10, width: 22, height: 11, rx: 2, ...rest })
  return [
    box(24, { fill: heat(10_000) }),
    text(52, y, 'at work until the first pass', words),
    box(222, { fill: heat(10_000), 'fill-opacity': 0.38 }),
    text(250, y, 'holding', words),
    line([312, middle], [336, middle], whisker),
    line([312, middle - 4], [312, middle + 4], whisker),
    line([336, middle - 4], [336, middle + 4], whisker),
    text(343, y, 'ready, p5 to p95', words),
    ...[0, 5_000, 10_000].map((bp, place) => box(464 + place * 22, { fill: heat(bp), rx: 0 })),
    text(536, y, 'never to always on the critical path', words),
    ...(hasBefore
      ? [
          line([764, middle], [786, middle], {
            stroke: INK.blue,
            'stroke-width': 2.5,
            'stroke-opacity': 0.55,
          }),
          text(793, y, 'as it is', words),
        ]
      : []),
    ...(shown.stages.some(isWaiting)
      ? [
          line([856, middle], [880, middle], { stroke: INK.quiet, 'stroke-dasharray': '2 3' }),
          text(887, y, 'waits for a core', words),
        ]
      : []),
  ]
}

function improvementsText({ simulation }: SimulationReport, y: number): readonly string[] {
  const { improvements, before, after } = simulation
  if (improvements.length === 0) return []
  const baseMs = Math.max(1, (after ?? before).total.p50Ms)
  return [
    text(
      24,
      y,
      `What would shorten it most${after === undefined ? '' : ', with that'}, each by itself`,
      { 'font-weight': 600 },
    ),
    ...improvements.flatMap(({ change, gainMs }, place) => {
      const at = y + 22 + place * 20
      const percent = Math.round((gainMs / baseMs) * 100)
      return [
        text(24, at, `${place + 1}.  ${fit(describeChange(change), 70)}`),
        text(470, at, `−${describeDuration(gainMs)}`, { 'text-anchor': 'end' }),
        text(530, at, `−${percent} %`, { 'text-anchor': 'end', fill: INK.quiet }),
      ]
    }),
  ]
}
