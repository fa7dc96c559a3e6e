/** The timeline of a ramp as bars, with the critical path marked: where the time went. */
import type { RampState } from '../../core/ramp/state.ts'
import { type Span, timelineOf } from '../../core/ramp/timeline.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { padTo } from './columns.ts'
import type { Paint } from './paint.ts'

/** Draws the timeline; empty when no stage was ever entered. */
export function timelineLines(state: RampState, paint: Paint, width: number): readonly string[] {
  const timeline = timelineOf(state)
  const shown = timeline.spans.filter((span) => span.fromMs !== undefined)
  if (shown.length === 0) return []
  const names = Math.max(...shown.map((span) => span.name.length))
  const room = Math.max(10, Math.min(60, width - names - 26))
  const totalMs = Math.max(1, timeline.totalMs)
  const lines = shown.map((span) => {
    const isCritical = timeline.criticalPath.includes(span.name)
    const bar = barOf(span, totalMs, room)
    const took = span.ownMs === undefined ? '' : describeDuration(span.ownMs)
    const mark = isCritical ? '*' : ' '
    const painted = isCritical ? paint.mood('moving', bar) : paint.dim(bar)
    return `  ${mark} ${padTo(span.name, names)}  ${painted}  ${took}`.trimEnd()
  })
  const { criticalPath, criticalPathMs } = timeline
  const path = `critical path (*): ${criticalPath.join(' → ')}`
  const sum = `${describeDuration(criticalPathMs)} of ${describeDuration(timeline.totalMs)}`
  return [...lines, '', `  ${path}, ${sum}`]
}

function barOf(span: Span, totalMs: number, room: number): string {
  const at = (ms: number): number => Math.round((ms / totalMs) * room)
  const from = Math.min(at(span.fromMs ?? 0), room - 1)
  const started = at(span.startedMs ?? span.readyMs ?? totalMs)
  const until = Math.max(from + 1, at(span.readyMs ?? totalMs))
  // The command's part of a bar is drawn lighter than the proving that follows it.
  const doing = Math.max(0, Math.min(started, until) - from)
  const text = ' '.repeat(from) + '░'.repeat(doing) + '█'.repeat(until - from - doing)
  return padTo(text, room)
}
