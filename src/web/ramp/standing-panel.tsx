/** The ramp as it stands, in the sentences that the terminal gives, each leading to its stage. */
import type { ReactNode } from 'react'
import { explainRamp } from '../../core/ramp/explain.ts'
import { stageRows } from '../../core/telling/stage-rows.ts'
import { Panel } from '../part/panel.tsx'
import { Mark } from '../part/tone.tsx'
import type { Moment } from './use-ramp.ts'

/** The panel. */
export function StandingPanel(props: {
  readonly moment: Moment
  readonly onSelect: (stage: string) => void
}): ReactNode {
  const { state, nowMs, latest } = props.moment
  const [headline = ''] = explainRamp(state, nowMs)
  const rows = stageRows(state, nowMs, latest)
  const shown = rows.filter(({ mood }) => mood === 'moving' || mood === 'bad')
  return (
    <Panel title="As it stands" className="xl:sticky xl:top-5">
      <div className="flex flex-col gap-3">
        <p>{headline}</p>
        {shown.length === 0 ? null : (
          <ul className="flex flex-col gap-2">
            {shown.map((row) => (
              <li key={row.name}>
                <button
                  type="button"
                  onClick={() => props.onSelect(row.name)}
                  className="flex w-full items-start gap-2 rounded-md border border-line px-3 py-2 text-left hover:bg-sunken"
                >
                  <span className="pt-0.5">
                    <Mark tone={row.mood} />
                  </span>
                  <span className="min-w-0">
                    <span className="font-medium">{row.name}</span>{' '}
                    <span className="text-muted">{row.label}</span>
                    <span className="line-clamp-3 block break-words text-muted text-xs">
                      {row.detail}
                    </span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <p className="text-muted text-xs">
          Choose a stage to see what it waits for and its evidence.
        </p>
      </div>
    </Panel>
  )
}
