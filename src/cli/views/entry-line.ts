/** A ramp as plain lines, one for each entry that a person cares about: for logs, CI and pipes. */
import type { Entry } from '../../core/entry/entry.ts'
import type { RampState } from '../../core/ramp/state.ts'
import { sayingOf } from '../../core/telling/saying.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { padTo } from './columns.ts'
import { MARKS, type Paint } from './paint.ts'

/** The line for an entry just folded into a state; undefined when it is not worth one. */
export function entryLine(entry: Entry, state: RampState, paint: Paint): string | undefined {
  const said = sayingOf(entry, state)
  if (said === undefined) return undefined
  const since = `+${describeDuration(entry.atMs - state.openedAtMs)}`
  const names = Math.max(5, ...state.stages.map((stage) => stage.name.length))
  const mark = paint.mood(said.mood, MARKS[said.mood])
  const label = paint.mood(said.mood, padTo(said.label, 9))
  const detail = said.mood === 'bad' ? said.detail : paint.dim(said.detail)
  return `${padTo(since, 9)} ${mark} ${padTo(said.stage, names)}  ${label}  ${detail}`.trimEnd()
}
