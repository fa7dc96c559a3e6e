/** Components that change hands, each as one picture: who serves, who is reached by what is new, what is left. */
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { portsQuery } from '../api/queries.ts'
import { Panel } from '../part/panel.tsx'
import { Empty } from '../part/state-note.tsx'
import { Pill } from '../part/tone.tsx'
import { FrontedPicture } from './fronted-picture.tsx'
import { SharedPicture } from './shared-picture.tsx'
import { type Transition, transitionsOf } from './transition.ts'
import { TransitionSteps } from './transition-steps.tsx'
import type { Moment } from './use-ramp.ts'

/** Draws them. */
export function TransitionView(props: {
  readonly moment: Moment
  readonly onSelect: (stage: string) => void
}): ReactNode {
  const { state, latest, isNow } = props.moment
  const isLive = isNow && state.ended === undefined
  // What came after a ramp is no matter of it: who serves at its end may be gone by now.
  const isOver = state.ended !== undefined
  // Which port an old start has stands in no entry of this ramp; of a moment that is past nobody knows.
  const ports = useInfiniteQuery({ ...portsQuery, enabled: isNow })
  const leases = isNow ? (ports.data?.leases ?? []) : []
  const transitions = transitionsOf(state, latest)
  if (transitions.length === 0) {
    return (
      <div className="rounded-lg border border-line bg-panel">
        <Empty title="Nothing changes hands in this ramp.">
          A component with <code>roll</code> is replaced beside the one that serves.
        </Empty>
      </div>
    )
  }
  return (
    <div className="flex flex-col gap-5">
      {transitions.map((transition) => (
        <Panel
          key={transition.component}
          title={transition.component}
          aside={<Outcome transition={transition} isLive={isLive} />}
          isFlush
        >
          <div className="flex flex-col gap-5 p-4">
            <p role="status" className="font-medium text-[0.95rem]">
              {isOver ? <span className="text-muted">When this ramp ended: </span> : null}
              {transition.sentence}
            </p>
            {transition.by === 'front' ? (
              <FrontedPicture transition={transition} leases={leases} isOver={isOver} />
            ) : (
              <SharedPicture transition={transition} leases={leases} isOver={isOver} />
            )}
          </div>
          <TransitionSteps
            transition={transition}
            moment={props.moment}
            isLive={isLive}
            isOver={isOver}
            onSelect={props.onSelect}
          />
        </Panel>
      ))}
    </div>
  )
}

function Outcome(props: { readonly transition: Transition; readonly isLive: boolean }): ReactNode {
  const { steps, isUnclean, isUndone, at } = props.transition
  if (steps.every(({ standing }) => standing === 'done')) {
    return <Pill tone={isUnclean ? 'held' : 'good'} word={isUnclean ? 'unclean' : 'clean'} />
  }
  if (isUndone) {
    const isOver = steps.every(({ standing }) => standing !== 'doing') && !props.isLive
    return <Pill tone={isOver ? 'bad' : 'undoing'} word={isOver ? 'taken back' : 'taking back'} />
  }
  if (at?.standing === 'failed') return <Pill tone="bad" word="failed" />
  return at === undefined || !props.isLive ? (
    <Pill tone="waiting" word="not done" />
  ) : (
    <Pill tone="moving" word="under way" />
  )
}
