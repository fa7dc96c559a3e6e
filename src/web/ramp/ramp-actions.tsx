/** What can be said to a ramp. Each button opens a dialog that says what will happen first. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { CirclePause, OctagonX, Play, Stamp } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { type OpenApproval, openApprovals } from '../../core/ramp/open-approvals.ts'
import type { RampState } from '../../core/ramp/state.ts'
import type { IdentityView } from '../../server/wire/access.ts'
import type { ApprovalView } from '../../server/wire/approvals.ts'
import { etagOf } from '../../server/wire/etags.ts'
import { mayApprove, mayOperate } from '../api/may.ts'
import { approvalsQuery, meQuery } from '../api/queries.ts'
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
  const { data: asked = [] } = useInfiniteQuery(approvalsQuery)
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
      {approvals.map((open, index) => (
        <AnswerButton
          key={`${open.stage}/${open.condition}`}
          open={open}
          offer={offerOf(state, me, judged(asked, state, open))}
          onOpen={() => setOpened(index)}
        />
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
          approval={{
            ...{ ...approval, ...approval.question, etag: etagOf(state.sequence) },
            ...standing(judged(asked, state, approval)),
          }}
          digest={state.planDigest}
          proposedBy={state.by}
          onClose={close}
        />
      )}
    </>
  )
}

/** What may be answered; with a reason: nothing. */
interface Offer {
  readonly say: 'Approve' | 'Reject'
  readonly whyNot?: string | undefined
}

/** Opens the dialog, or is there for the reason why it does not. */
function AnswerButton(props: {
  readonly open: OpenApproval
  readonly offer: Offer
  readonly onOpen: () => void
}): ReactNode {
  const { open, offer, onOpen } = props
  const isOffered = offer.whyNot === undefined
  const reason = useId()
  return (
    <>
      <Button
        weight={isOffered ? 'main' : 'plain'}
        disabled={!isOffered}
        aria-describedby={isOffered ? undefined : reason}
        onClick={onOpen}
      >
        <Stamp aria-hidden="true" size={14} />
        {offer.say} {open.stage}…
      </Button>
      {isOffered ? null : (
        <span id={reason} className="text-muted text-xs">
          {offer.whyNot}
        </span>
      )}
    </>
  )
}

/** What the server says of a question: whether whoever looks may answer it, and as whom. */
function judged(
  asked: readonly ApprovalView[],
  { ramp }: RampState,
  { stage, condition }: OpenApproval,
): ApprovalView | undefined {
  return asked.find(
    (one) => one.ramp === ramp && one.stage === stage && one.condition === condition,
  )
}

/** Until the server has said so, as far as roles tell. Whoever proposed it may reject it all the same. */
function offerOf(
  { plan: { contract }, by }: RampState,
  me: IdentityView | undefined,
  found: ApprovalView | undefined,
): Offer {
  if (!mayApprove(me, contract)) {
    return { say: 'Approve', whyNot: `This is for approvers of ${contract.kind}/${contract.name}.` }
  }
  const isOwn = me !== undefined && me.name === by
  if (isOwn && found?.as !== undefined) return { say: 'Reject' }
  return { say: 'Approve', whyNot: found?.whyNot }
}

function standing(found: ApprovalView | undefined): Pick<ApprovalView, 'as' | 'whyNot'> {
  const { as, whyNot } = found ?? {}
  return { ...(as === undefined ? {} : { as }), ...(whyNot === undefined ? {} : { whyNot }) }
}
