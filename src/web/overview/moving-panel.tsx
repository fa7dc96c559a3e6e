/** Ramps under way: how far each has come, and what it waits for right now. */
import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { RampState } from '../../core/ramp/state.ts'
import { rampTitle } from '../../core/telling/ramp-title.ts'
import { type Mood, stageRows } from '../../core/telling/stage-rows.ts'
import type { RampSummary } from '../../server/wire.ts'
import { rampQuery } from '../api/queries.ts'
import { useNowMs } from '../clock.ts'
import { Panel } from '../part/panel.tsx'
import { toldOfSummary } from '../part/ramp-tone.ts'
import { Lasting } from '../part/time.tsx'
import { Mark } from '../part/tone.tsx'

const COLOURS: Readonly<Record<Mood, string>> = {
  waiting: 'bg-line',
  moving: 'bg-accent',
  good: 'bg-good',
  bad: 'bg-bad',
  gone: 'bg-firm',
}

/** The panel. */
export function MovingPanel({ ramps }: { readonly ramps: readonly RampSummary[] }): ReactNode {
  const views = useQueries({ queries: ramps.map(({ ramp }) => rampQuery(ramp)) })
  return (
    <Panel title="Under way" id="moving" count={ramps.length} isFlush>
      {ramps.length === 0 ? (
        <p className="px-4 py-3 text-muted">Nothing is moving.</p>
      ) : (
        <ul className="divide-y divide-line">
          {ramps.map((ramp, index) => (
            <MovingRow key={ramp.ramp} ramp={ramp} state={views[index]?.data?.state} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function MovingRow(props: {
  readonly ramp: RampSummary
  readonly state: RampState | undefined
}): ReactNode {
  const { ramp, state } = props
  const nowMs = useNowMs()
  const { tone, word } = toldOfSummary(ramp)
  const rows = state === undefined ? [] : stageRows(state, nowMs)
  const ready = rows.filter(({ mood }) => mood === 'good').length
  const busy = rows.filter(({ mood }) => mood === 'moving' || mood === 'bad')
  const waiting = busy
    .map(({ name, label, detail }) => `${name} ${label}${detail === '' ? '' : `: ${detail}`}`)
    .join(' · ')
  return (
    <li>
      <Link
        to="/ramps/$ramp"
        params={{ ramp: ramp.ramp }}
        data-row=""
        className="flex h-[4.75rem] flex-col justify-center gap-1.5 px-4 hover:bg-sunken"
      >
        <span className="flex items-center gap-2">
          <Mark tone={tone} />
          <span className="truncate font-medium">{rampTitle(ramp)}</span>
          <span className="truncate text-muted text-xs">{word}</span>
          <span className="ml-auto flex shrink-0 gap-3 text-muted text-xs">
            <span className="numbers">{rows.length === 0 ? '' : `${ready} of ${rows.length}`}</span>
            <Lasting fromMs={ramp.openedAtMs} />
          </span>
        </span>
        <span aria-hidden="true" className="flex h-1.5 gap-0.5">
          {rows.map(({ name, mood }) => (
            <span key={name} className={`min-w-0 flex-1 rounded-sm ${COLOURS[mood]}`} />
          ))}
        </span>
        <span className="truncate text-muted text-xs">
          {waiting === '' ? (ramp.cause ?? (state && 'Deciding what is next.')) : waiting}
        </span>
      </Link>
    </li>
  )
}
