/** The ramp as bars: what each stage waited for, how long it was commanded and proved, and what decided. */
import { clsx } from 'clsx'
import { type ReactNode, useMemo } from 'react'
import type { RampState } from '../../core/ramp/state.ts'
import { type StageRow, stageRows } from '../../core/telling/stage-rows.ts'
import { traceOf } from '../../core/trace/ramp-trace.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { type StageTime, timesOf } from '../../core/why/stage-times.ts'
import { Mark, toneText } from '../part/tone.tsx'
import { ticksOf } from './ticks.ts'
import type { Moment } from './use-ramp.ts'

/** One stage with all that its line shows. */
interface Line {
  readonly row: StageRow
  readonly time: StageTime
  readonly group: string | undefined
  /** Attempts before this one. @unit ms since the ramp was opened */
  readonly earlier: readonly { readonly fromMs: number; readonly untilMs: number }[]
}

/** Draws it. */
export function TimelineView(props: {
  readonly moment: Moment
  readonly stage: string | undefined
  readonly onSelect: (stage: string | undefined) => void
}): ReactNode {
  const { moment, stage, onSelect } = props
  const { state, nowMs } = moment
  const endMs = Math.max(1, (state.ended?.atMs ?? nowMs) - state.openedAtMs)
  const times = timesOf(state, undefined, state.ended?.atMs ?? nowMs)
  const lines = useLines(moment, times.stages)
  const spanMs = spanOf(state, times.stages, endMs)
  const groups = [...new Set(lines.map(({ group }) => group))]
  return (
    <div className="flex flex-col gap-3">
      <div className="rounded-lg border border-line bg-panel">
        <Axis spanMs={spanMs} />
        {groups.map((group) => (
          <div key={group ?? ''}>
            {group === undefined ? null : (
              <h3 className="border-line border-b bg-sunken px-4 py-1 font-medium text-muted text-xs">
                {group}
              </h3>
            )}
            <ul>
              {lines
                .filter((line) => line.group === group)
                .map((line) => (
                  <TimelineRow
                    key={line.row.name}
                    line={line}
                    spanMs={spanMs}
                    endMs={Math.min(endMs, spanMs)}
                    isSelected={line.row.name === stage}
                    onSelect={() => onSelect(line.row.name === stage ? undefined : line.row.name)}
                  />
                ))}
            </ul>
          </div>
        ))}
      </div>
      <Legend />
      {times.criticalPath.length === 0 ? null : (
        <p className="text-muted text-xs leading-relaxed">
          <span className="font-medium text-ink">Critical path</span>{' '}
          {times.criticalPath.join(' → ')}, {describeDuration(times.criticalPathMs)} of{' '}
          {describeDuration(times.totalMs)}
        </p>
      )}
    </div>
  )
}

function useLines(moment: Moment, times: readonly StageTime[]): readonly Line[] {
  const { state, nowMs, entries, latest } = moment
  const spans = useMemo(() => traceOf(entries.map(({ entry }) => entry)).spans, [entries])
  return stageRows(state, nowMs, latest).map((row, place) => {
    const stage = state.stages[place]
    const since = stage?.gatedAtMs ?? stage?.enteredAtMs ?? Number.POSITIVE_INFINITY
    const earlier = spans
      .filter((span) => span.stage === row.name && span.endMs < since)
      .map(({ startMs, endMs }) => ({
        fromMs: startMs - state.openedAtMs,
        untilMs: endMs - state.openedAtMs,
      }))
    const time = times[place] ?? { name: row.name, place, reached: 'never', isCritical: false }
    return { row, time, group: state.plan.stages[place]?.group, earlier }
  })
}

/** Where nothing is being done any more, what was done fills the picture; nobody needs to see the wait. */
function spanOf(state: RampState, times: readonly StageTime[], endMs: number): number {
  const busyMs = Math.max(0, ...times.map(({ untilMs = 0 }) => untilMs))
  const isResting =
    state.ended === undefined && times.every(({ reached }) => reached !== 'underWay')
  return isResting ? Math.max(1, Math.min(endMs, busyMs * 1.15)) : endMs
}

const COLUMNS =
  'grid grid-cols-[minmax(0,1fr)_4.5rem] gap-x-3 px-4 sm:grid-cols-[11rem_minmax(0,1fr)_4.5rem]'

function Axis({ spanMs }: { readonly spanMs: number }): ReactNode {
  return (
    <div
      aria-hidden="true"
      className={clsx(COLUMNS, 'hidden h-8 items-center border-line border-b sm:grid')}
    >
      <span className="text-muted text-xs">Stage</span>
      <span className="relative h-full text-muted text-xs">
        {ticksOf(spanMs).map((atMs) => (
          <span
            key={atMs}
            className="numbers absolute top-0 flex h-full -translate-x-1/2 items-center whitespace-nowrap first:translate-x-0"
            style={{ left: share(atMs, spanMs) }}
          >
            {atMs === 0 ? '0' : tickText(atMs)}
          </span>
        ))}
      </span>
      <span className="text-right text-muted text-xs">Took</span>
    </div>
  )
}

function TimelineRow(props: {
  readonly line: Line
  readonly spanMs: number
  readonly endMs: number
  readonly isSelected: boolean
  readonly onSelect: () => void
}): ReactNode {
  const { line, spanMs, endMs, isSelected, onSelect } = props
  const { row, time } = line
  return (
    <li className="border-line border-b last:border-b-0">
      <button
        type="button"
        data-row=""
        aria-pressed={isSelected}
        onClick={onSelect}
        className={clsx(
          COLUMNS,
          'w-full items-center py-1.5 text-left',
          isSelected ? 'bg-accent-soft' : 'hover:bg-sunken',
        )}
      >
        <span className="col-start-1 row-start-1 flex min-w-0 items-center gap-2">
          <Mark tone={row.mood} />
          <span className={clsx('truncate', time.isCritical && 'font-semibold')}>
            {shortName(row.name, line.group)}
          </span>
          {time.isCritical ? <span className="sr-only">, on the critical path</span> : null}
        </span>
        <span className="col-span-2 col-start-1 row-start-2 min-w-0 sm:col-span-1 sm:col-start-2 sm:row-start-1">
          <Bar line={line} spanMs={spanMs} endMs={endMs} />
          <span
            className={clsx(
              'block h-4 truncate text-xs',
              row.mood === 'bad' ? 'text-bad' : 'text-muted',
            )}
          >
            <span className={clsx('font-medium', toneText(row.mood))}>{row.label}</span>
            {row.detail === '' ? '' : ` ${row.detail}`}
          </span>
        </span>
        <span className="numbers col-start-2 row-start-1 text-right text-xs sm:col-start-3">
          {time.ownMs === undefined ? '' : describeDuration(time.ownMs)}
        </span>
      </button>
    </li>
  )
}

function Bar(props: {
  readonly line: Line
  readonly spanMs: number
  readonly endMs: number
}): ReactNode {
  const { line, spanMs, endMs } = props
  const { time, row, earlier } = line
  const { fromMs, untilMs, gatesMs = 0, commandMs = 0, proofMs = 0, isCritical } = time
  const isBad = row.mood === 'bad'
  const place = (leftMs: number, ms: number) => ({
    left: share(leftMs, spanMs),
    width: `max(2px, ${share(ms, spanMs)})`,
  })
  return (
    <span
      aria-hidden="true"
      className={clsx(
        'relative block h-3 overflow-hidden rounded-sm',
        isCritical ? 'bg-accent-soft' : 'bg-sunken',
      )}
    >
      {earlier.map((span) => (
        <span
          key={span.fromMs}
          className="absolute inset-y-0.5 rounded-sm bg-bad opacity-35"
          style={place(span.fromMs, span.untilMs - span.fromMs)}
        />
      ))}
      {fromMs === undefined || untilMs === undefined ? null : (
        <>
          {gatesMs > 0 ? (
            <span
              className="absolute inset-y-0 bg-warn opacity-60"
              style={place(fromMs, gatesMs)}
            />
          ) : null}
          {commandMs > 0 ? (
            <span
              className={clsx('absolute inset-y-0', isCritical ? 'bg-accent' : 'bg-muted')}
              style={place(fromMs + gatesMs, commandMs)}
            />
          ) : null}
          {proofMs > 0 ? (
            <span
              className={clsx(
                'absolute inset-y-0',
                isBad ? 'bg-bad' : isCritical ? 'bg-accent opacity-60' : 'bg-muted opacity-55',
              )}
              style={place(fromMs + gatesMs + commandMs, proofMs)}
            />
          ) : null}
          {time.reached === 'ready' ? (
            <span
              className="absolute inset-y-1 bg-good opacity-50"
              style={place(untilMs, Math.max(0, endMs - untilMs))}
            />
          ) : null}
        </>
      )}
    </span>
  )
}

function Legend(): ReactNode {
  const parts: readonly (readonly [string, string])[] = [
    ['bg-sunken border border-firm', 'waiting'],
    ['bg-warn opacity-60', 'at its gates'],
    ['bg-accent', 'commanding'],
    ['bg-accent opacity-60', 'proving'],
    ['bg-good opacity-50', 'ready'],
    ['bg-bad opacity-35', 'an attempt before'],
  ]
  return (
    <ul
      aria-label="What the bars mean"
      className="flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs"
    >
      {parts.map(([look, word]) => (
        <li key={word} className="flex items-center gap-1.5">
          <span aria-hidden="true" className={clsx('h-2.5 w-4 rounded-sm', look)} />
          {word}
        </li>
      ))}
      <li>Blue and bold: on the critical path; grey: not.</li>
    </ul>
  )
}

/** The name without the group that it stands under. */
export function shortName(name: string, group: string | undefined): string {
  return group !== undefined && name.startsWith(`${group}/`) ? name.slice(group.length + 1) : name
}

function share(ms: number, spanMs: number): string {
  return `${Math.min(100, (ms / spanMs) * 100).toFixed(3)}%`
}

function tickText(ms: number): string {
  if (ms < 1_000) return `${ms} ms`
  if (ms < 60_000) return `${ms / 1_000} s`
  return describeDuration(ms)
}
