/** What can be said to a ramp. Each button opens a dialog that says what will happen first. */
import { useQuery } from '@tanstack/react-query'
import { CirclePause, OctagonX, Play, Stamp } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { openApprovals } from '../../core/ramp/open-approvals.ts'
import type { RampState } from '../../core/ramp/state.ts'
import { mayOperate } from '../api/may.ts'
import { meQuery } from '../api/queries.ts'
import { Button } from '../part/button.tsx'
import { AbortDialog } from './abort-dialog.tsx'
import { ApproveDialog } from './approve-dialog.tsx'
import { useName } from './say-word.ts'
import { whyNot } from './what-follows.ts'
import { WordDialog } from './word-dialog.tsx'

type Opened = 'hold' | 'resume' | 'abort' | number

/** The buttons. */
export function RampActions(props: {
  readonly state: RampState
  readonly nowMs: number
}): ReactNode {
  const { state, nowMs } = props
  const [opened, setOpened] = useState<Opened | undefined>()
  const { data: me } = useQuery(meQuery)
  const by = useName()
  if (state.ended !== undefined) return null
  if (!mayOperate(me, state.plan.contract)) {
    return <p className="text-muted text-xs">You may look, and say nothing to it.</p>
  }
  const approvals = openApprovals(state, nowMs)
  const approval = typeof opened === 'number' ? approvals[opened] : undefined
  const isHeld = whyNot(state, by, { say: 'hold' }) !== undefined
  const close = (): void => setOpened(undefined)
  return (
    <>
      {approvals.map(({ stage, condition }, index) => (
        <Button key={`${stage}/${condition}`} weight="main" onClick={() => setOpened(index)}>
          <Stamp aria-hidden="true" size={14} />
          Approve {stage}…
        </Button>
      ))}
      {isHeld ? (
        <Button
          weight={approvals.length === 0 ? 'main' : 'plain'}
          onClick={() => setOpened('resume')}
        >
          <Play aria-hidden="true" size={14} />
          Resume…
        </Button>
      ) : (
        <Button onClick={() => setOpened('hold')}>
          <CirclePause aria-hidden="true" size={14} />
          Hold…
        </Button>
      )}
      <Button weight="danger" onClick={() => setOpened('abort')}>
        <OctagonX aria-hidden="true" size={14} />
        Abort…
      </Button>
      {opened === 'hold' || opened === 'resume' ? (
        <WordDialog state={state} intent={{ say: opened }} onClose={close} />
      ) : null}
      {opened === 'abort' ? <AbortDialog state={state} onClose={close} /> : null}
      {approval === undefined ? null : (
        <ApproveDialog
          ramp={state.ramp}
          approval={{ ...approval, ...approval.question }}
          digest={state.planDigest}
          proposedBy={state.by}
          onClose={close}
        />
      )}
    </>
  )
}
