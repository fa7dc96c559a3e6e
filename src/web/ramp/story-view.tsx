/** The story of a ramp: what the terminal tells line by line, or every entry as it stands in the ledger. */
import { Link } from '@tanstack/react-router'
import { type ReactNode, useMemo, useState } from 'react'
import { fold } from '../../core/ramp/fold.ts'
import type { RampState } from '../../core/ramp/state.ts'
import { type Saying, sayingOf } from '../../core/telling/saying.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { Recorded } from '../../server/wire.ts'
import { Button } from '../part/button.tsx'
import { entrySentence } from '../part/entry-sentence.ts'
import { exactUtc } from '../part/time.tsx'
import { Mark, toneText } from '../part/tone.tsx'
import type { Moment } from './use-ramp.ts'

/** So many lines are drawn before one has to ask for all. */
const SHOWN_MAX = 300

interface Line {
  readonly recorded: Recorded
  readonly saying: Saying
}

/** Draws it, oldest first. */
export function StoryView(props: {
  readonly moment: Moment
  readonly stage: string | undefined
}): ReactNode {
  const { moment, stage } = props
  const [isWhole, setWhole] = useState(false)
  const [isAll, setAll] = useState(false)
  const { entries, state } = moment
  const told = useMemo(() => linesOf(entries, isWhole), [entries, isWhole])
  const contract = state.plan.contract.name
  const lines = told.filter(({ saying }) => {
    return stage === undefined || saying.stage === stage || saying.stage === contract
  })
  const shown = isAll ? lines : lines.slice(-SHOWN_MAX)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center gap-4 text-muted text-xs">
        <label className="flex items-center gap-1.5">
          <input
            type="checkbox"
            className="accent-accent"
            checked={isWhole}
            onChange={(event) => setWhole(event.target.checked)}
          />
          Every entry
        </label>
        <span className="numbers">{lines.length} lines</span>
        {stage === undefined ? null : <span>of {stage} and the ramp</span>}
        {shown.length < lines.length ? (
          <Button weight="quiet" className="h-6" onClick={() => setAll(true)}>
            Show the {lines.length - shown.length} before
          </Button>
        ) : null}
      </div>
      <ol aria-label="Story" className="rounded-lg border border-line bg-panel py-1">
        {shown.map(({ recorded, saying }) => (
          <li
            key={recorded.sequence}
            className="grid grid-cols-[4.5rem_auto_minmax(0,1fr)] items-baseline gap-x-3 px-4 py-1"
          >
            <time
              className="text-right text-muted text-xs"
              dateTime={new Date(recorded.entry.atMs).toISOString()}
              title={exactUtc(recorded.entry.atMs)}
            >
              +{describeDuration(recorded.entry.atMs - state.openedAtMs)}
            </time>
            <span className="self-center">
              <Mark tone={saying.mood} size={14} />
            </span>
            <span className="min-w-0 break-words">
              <span className="font-medium">{saying.stage}</span>{' '}
              <span className={toneText(saying.mood)}>{saying.label}</span>{' '}
              <span className="text-muted">{saying.detail}</span>
              {isWhole ? (
                <Link
                  to="/ledger"
                  search={{ entry: String(recorded.position) }}
                  className="numbers ml-2 text-muted text-xs underline decoration-firm"
                >
                  {recorded.position}
                </Link>
              ) : null}
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}

function linesOf(entries: readonly Recorded[], isWhole: boolean): readonly Line[] {
  let state: RampState | undefined
  const lines: Line[] = []
  for (const recorded of entries) {
    const { entry } = recorded
    state = fold([entry], state)
    if (state === undefined) continue
    const saying = sayingOf(entry, state)
    if (saying !== undefined) lines.push({ recorded, saying })
    else if (isWhole) {
      const stage = 'stage' in entry ? entry.stage : state.plan.contract.name
      const plain = {
        stage,
        mood: 'waiting',
        label: entry.type,
        detail: entrySentence(entry),
      } as const
      lines.push({ recorded, saying: plain })
    }
  }
  return lines
}
