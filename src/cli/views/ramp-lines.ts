/** A ramp as lines of text: for the live view, for `status`, for a terminal of any width. */
import type { RampState } from '../../core/ramp/state.ts'
import { rampStatus } from '../../core/telling/ramp-status.ts'
import { rampTitle } from '../../core/telling/ramp-title.ts'
import { type LatestAnswers, type StageRow, stageRows } from '../../core/telling/stage-rows.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { fit, padTo } from './columns.ts'
import { MARKS, type Paint } from './paint.ts'

/** How a ramp is to be drawn. */
export interface RampDrawing {
  readonly state: RampState
  readonly nowMs: number
  readonly latest?: LatestAnswers
  readonly paint: Paint
  /** Columns of the terminal. */
  readonly width: number
}

/** The ramp as lines, a title first, then one line a stage. No line is wider than the terminal. */
export function rampLines(drawing: RampDrawing): readonly string[] {
  const { state, nowMs, paint, width } = drawing
  const rows = stageRows(state, nowMs, drawing.latest)
  const names = Math.min(28, Math.max(4, ...rows.map((row) => row.name.length)))
  const labels = Math.max(7, ...rows.map((row) => row.label.length))
  const times = Math.max(6, ...rows.map((row) => timeOf(row).length))
  return [
    titleLine(drawing),
    '',
    ...rows.map((row) => {
      const mark = paint.mood(row.mood, MARKS[row.mood])
      const fitted = padTo(fit(row.name, names), names)
      const name = row.mood === 'waiting' ? paint.dim(fitted) : fitted
      const label = paint.mood(row.mood, padTo(row.label, labels))
      const time = padTo(timeOf(row), times)
      const room = width - (2 + 2 + names + 2 + labels + 2 + times + 2)
      const detail = room < 8 ? '' : fit(row.detail, room)
      const tone = row.mood === 'bad' ? detail : paint.dim(detail)
      return `  ${mark} ${name}  ${label}  ${time}  ${tone}`.trimEnd()
    }),
  ]
}

function titleLine(drawing: RampDrawing): string {
  const { state, nowMs, paint, width } = drawing
  const tookMs = (state.ended?.atMs ?? nowMs) - state.openedAtMs
  const left = rampTitle(state.plan)
  const status = rampStatus(state)
  const right = describeDuration(Math.max(0, tookMs))
  const middle = `  ${state.ramp}  ${status.label}`
  const gap = Math.max(2, width - left.length - middle.length - right.length)
  const shown = `${paint.bold(left)}${paint.dim(`  ${state.ramp}`)}  ${paint.mood(status.mood, status.label)}`
  return `${shown}${' '.repeat(gap)}${right}`
}

function timeOf(row: StageRow): string {
  if (row.tookMs === undefined) return ''
  const took = describeDuration(row.tookMs)
  return row.budgetMs === undefined ? took : `${took} / ${describeDuration(row.budgetMs)}`
}
