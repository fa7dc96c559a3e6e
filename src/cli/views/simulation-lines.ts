/** A simulation for the terminal: the totals, the stages as bars, the what-ifs, what would help most. */
import type { Forecast, StageForecast } from '../../core/forecast/forecast.ts'
import type { StageSamples } from '../../core/forecast/samples.ts'
import { goalWords } from '../../core/telling/goal-words.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { SimulationReport } from '../simulation-report.ts'
import { describeChange, optionOf } from './change-words.ts'
import { countOf, padTo } from './columns.ts'
import type { Paint } from './paint.ts'
import { signedPercent } from './trend-words.ts'

/** From how much on the critical path a stage is shown as critical. @unit bp */
const CRITICAL_BP = 500

/** Draws a report. */
export function simulationLines(
  report: SimulationReport,
  paint: Paint,
  width: number,
): readonly string[] {
  const { subject, simulation } = report
  const { before, after } = simulation
  const shown = after ?? before
  const { p50Ms, p95Ms } = shown.total
  const goal = goalWords(subject.goal).reached
  const head = `${subject.name} would be ${goal} after ${describeDuration(p50Ms)} (p50)`
  return [
    paint.bold(`${head}, ${describeDuration(p95Ms)} in one ramp of twenty (p95)`),
    ...basisLines(report).map((line) => paint.dim(line)),
    ...(after === undefined ? [] : ['', ...changeLines(report, after)]),
    '',
    ...stageLines(shown, after === undefined ? undefined : before, paint, width),
    '',
    ...improvementLines(report, shown),
  ]
}

function basisLines({ subject, simulation, check }: SimulationReport): readonly string[] {
  const { before, samples } = simulation
  const { history } = subject
  const drawn = `${before.runs.toLocaleString('en')} ramps simulated (seed ${before.seed})`
  const from = history.length === 0 ? 'from estimates' : `from ${countOf(history.length, 'ramp')}`
  const lines = [`${drawn} ${from} that reached ${subject.goal}.`]
  if (history.length > 0 && history.length < 5) {
    lines.push('So few say little about the p95: it is not much more than the slowest of them.')
  }
  if (history.length === 0) lines[0] = `${drawn} ${from}.`
  const named = (source: StageSamples['source']): string =>
    samples
      .filter((stage) => stage.source === source)
      .map(({ name }) => name)
      .join(', ')
  const [others, estimated] = [named('other-revision'), named('estimate')]
  if (others !== '') lines.push(`From times when it did or proved something else: ${others}.`)
  if (estimated !== '' && history.length > 0) lines.push(`Estimated: ${estimated}.`)
  if (check !== undefined) {
    const off = signedPercent(check.medianErrorBp)
    lines.push(
      `Foretold from those before them, ${countOf(check.ramps, 'ramp')} would have come out ${off} (median).`,
    )
  }
  return lines
}

function changeLines({ simulation }: SimulationReport, after: Forecast): readonly string[] {
  const { before, alone } = simulation
  const rows = [
    row('as it is', before),
    ...alone.map(({ change, forecast }) => row(describeChange(change), forecast, before)),
    row(alone.length === 0 ? 'with the change' : 'all together', after, before),
  ]
  return aligned([['', 'p50', '', 'p95', ''], ...rows])
}

function row(label: string, forecast: Forecast, before?: Forecast): readonly string[] {
  const { p50Ms, p95Ms } = forecast.total
  return [
    label,
    describeDuration(p50Ms),
    before === undefined ? '' : percent(p50Ms, before.total.p50Ms),
    describeDuration(p95Ms),
    before === undefined ? '' : percent(p95Ms, before.total.p95Ms),
  ]
}

/** By how much a duration is more or less than before. */
function percent(ms: number, beforeMs: number): string {
  const rounded = Math.round(((ms - beforeMs) / Math.max(1, beforeMs)) * 100)
  if (rounded === 0) return '±0 %'
  return rounded > 0 ? `+${rounded} %` : `−${-rounded} %`
}

function stageLines(
  forecast: Forecast,
  before: Forecast | undefined,
  paint: Paint,
  width: number,
): readonly string[] {
  const cells = forecast.stages.map((stage, place) => {
    const was = before?.stages[place]
    return [
      describeDuration(stage.own.p50Ms),
      describeDuration(stage.own.p95Ms),
      wasThen(was && share(was), share(stage)),
      wasThen(was && describeDuration(was.slackMsMean), describeDuration(stage.slackMsMean)),
    ]
  })
  const titles = ['own p50', 'own p95', 'critical', 'slack']
  const numbers = aligned([titles, ...cells])
  const names = Math.max(5, ...forecast.stages.map(({ name }) => name.length))
  const room = Math.max(10, Math.min(48, width - names - (numbers[0]?.length ?? 0) - 8))
  const head = `    ${padTo('stage', names)}  ${' '.repeat(room)}${numbers[0] ?? ''}`
  const lines = forecast.stages.map((stage, place) => {
    const isCritical = stage.criticalShareBp >= CRITICAL_BP
    const bar = barOf(stage, forecast.total.p95Ms, room)
    const painted = isCritical ? paint.mood('moving', bar) : paint.dim(bar)
    const mark = isCritical ? '*' : ' '
    return `  ${mark} ${padTo(stage.name, names)}  ${painted}${numbers[place + 1] ?? ''}`.trimEnd()
  })
  const legend = '█ median start to ready   ─ to the p95 of ready   * on the critical path'
  return [paint.dim(head), ...lines, paint.dim(`    ${legend}`)]
}

function share({ criticalShareBp }: StageForecast): string {
  return `${Math.round(criticalShareBp / 100)} %`
}

function wasThen(was: string | undefined, now: string): string {
  return was === undefined || was === now ? now : `${was} → ${now}`
}

function barOf(stage: StageForecast, endMs: number, room: number): string {
  const at = (ms: number): number => Math.min(room, Math.round((ms / Math.max(1, endMs)) * room))
  const from = Math.min(at(stage.begin.p50Ms), room - 1)
  const ready = Math.max(from + 1, at(stage.ready.p50Ms))
  const late = Math.max(ready, at(stage.ready.p95Ms))
  const waits = at(stage.begin.p50Ms) - at(stage.from.p50Ms)
  const lead = ' '.repeat(Math.max(0, from - waits)) + '·'.repeat(Math.min(from, waits))
  return padTo(lead + '█'.repeat(ready - from) + '─'.repeat(late - ready), room)
}

function improvementLines({ simulation }: SimulationReport, shown: Forecast): readonly string[] {
  const { improvements, improved, after } = simulation
  const given = after === undefined ? '' : ', with that'
  if (improvements.length === 0) return [`Nothing that keeps every proof would shorten it${given}.`]
  const rows = improvements.map(({ change, p50Ms, gainMs }, index) => [
    `${index + 1}.`,
    describeChange(change),
    `−${describeDuration(gainMs)}`,
    percent(p50Ms, shown.total.p50Ms),
    optionOf(change),
  ])
  const lines = [`What would shorten it most${given}, each by itself:`, ...aligned(rows)]
  if (improved === undefined) return lines
  const { p50Ms } = improved.total
  const all = `All of them: ${describeDuration(p50Ms)}, ${percent(p50Ms, shown.total.p50Ms)}.`
  return [...lines, `  ${all}`]
}

/** Rows with the first columns to the left and numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? '').length)),
  )
  return rows.map((cells) =>
    cells
      .map((cell, column) =>
        /^[−+±\d]|^(own|p50|p95|critical|slack)/.test(cell) && !cell.endsWith('.')
          ? `  ${cell.padStart(widths[column] ?? 0)}`
          : `  ${padTo(cell, widths[column] ?? 0)}`,
      )
      .join('')
      .trimEnd(),
  )
}
