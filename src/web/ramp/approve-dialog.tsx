/** Approving or rejecting: what exactly is approved, who else has, and what follows. */
import type { ReactNode } from 'react'
import { isAskedStill, type ShownApproval } from '../../core/ramp/seen-standing.ts'
import type { Digest } from '../../core/units/digest.ts'
import { Button } from '../part/button.tsx'
import { Complaint } from '../part/complaint.tsx'
import { Dialog } from '../part/dialog.tsx'
import { Ago } from '../part/time.tsx'
import { useName, useWord } from './say-word.ts'
import { Consequences } from './word-dialog.tsx'

/** A question for people, as much of it as is shown. */
export interface AskedApproval extends ShownApproval {
  readonly from: readonly string[]
  readonly count: number
  /** Which of `from` the reader is; absent: none of it, or not known. */
  readonly as?: string
  /** Why the reader may not approve it. */
  readonly whyNot?: string
  /** Of the ramp. */
  readonly etag: string
}

/** What is approved. */
export interface ApproveProps {
  readonly ramp: string
  readonly approval: AskedApproval
  readonly digest: Digest
  readonly proposedBy: string
  readonly onClose: () => void
}

/** The dialog. */
export function ApproveDialog(props: ApproveProps): ReactNode {
  const { ramp, approval, digest, proposedBy, onClose } = props
  const { stage, condition, from, count, etag, words: given, whyNot } = approval
  const by = useName()
  // As what somebody is heard is the server's to say; only the owner of the machine says it themselves.
  const as = approval.as ?? from[0] ?? ''
  const saying = useWord(ramp)
  const missing = count - given.filter(({ approves }) => approves).length
  const say = (word: 'approve' | 'reject'): void =>
    saying.mutate(
      {
        word: { say: word, stage, condition, digest, as },
        seen: { etag, isStill: (state, nowMs) => isAskedStill(state, approval, nowMs) },
      },
      { onSuccess: ({ refusal }) => refusal === undefined && onClose() },
    )
  const isOwn = by === proposedBy
  const objection = isOwn ? `You proposed it, so another must approve it.` : whyNot
  return (
    <Dialog title={`Approve ${stage}?`} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
          <dt className="text-muted">Plan</dt>
          <dd className="break-all font-mono text-[0.78rem]">{digest}</dd>
          <dt className="text-muted">Proposed by</dt>
          <dd>{proposedBy}</dd>
          <dt className="text-muted">Asks for</dt>
          <dd>
            {count === 1 ? 'one word' : `${count} words`} of {from.join(' or ')}
          </dd>
          {approval.as === undefined ? null : (
            <>
              <dt className="text-muted">You are</dt>
              <dd>{approval.as}</dd>
            </>
          )}
          <dt className="text-muted">Given</dt>
          <dd>
            <GivenWords words={given} count={count} />
          </dd>
        </dl>
        <Consequences
          sentences={[
            missing > 1
              ? `Your approval is one of ${missing} that are still needed.`
              : `${stage} is entered as soon as its other gates are open.`,
            'It holds for this plan only: whatever changes it makes this approval void.',
            'Rejecting it fails the stage at once, and what its policy says follows.',
          ]}
        />
        <Complaint
          sentence={objection ?? saying.data?.refusal?.sentence ?? saying.error?.message}
        />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button weight="danger" disabled={saying.isPending} onClick={() => say('reject')}>
            Reject
          </Button>
          <Button
            weight="main"
            disabled={objection !== undefined || saying.isPending}
            onClick={() => say('approve')}
          >
            Approve
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

/** What others have said. */
function GivenWords(props: Pick<AskedApproval, 'words' | 'count'>): ReactNode {
  const { words, count } = props
  if (words.length === 0) return `none of ${count}`
  return words.map((word) => (
    <span key={word.by} className="block">
      {word.by} {word.approves ? 'approved' : 'rejected'} <Ago atMs={word.atMs} />
    </span>
  ))
}
