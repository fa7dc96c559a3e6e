/** Approving or rejecting: what exactly is approved, who else has, and what follows. */
import { type ReactNode, useState } from 'react'
import type { Digest } from '../../core/units/digest.ts'
import type { ApprovalWord } from '../../server/wire/approvals.ts'
import { Button } from '../part/button.tsx'
import { Dialog } from '../part/dialog.tsx'
import { SelectField } from '../part/field.tsx'
import { Ago } from '../part/time.tsx'
import { useName, useWord } from './say-word.ts'
import { Consequences, WordComplaint } from './word-dialog.tsx'

/** A question for people, as much of it as is shown. */
export interface AskedApproval {
  readonly stage: string
  readonly condition: string
  readonly from: readonly string[]
  readonly count: number
  readonly words: readonly ApprovalWord[]
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
  const { stage, condition, from, count, words: given } = approval
  const by = useName()
  const [as, setAs] = useState(from[0] ?? '')
  const saying = useWord(ramp)
  const missing = count - given.filter(({ approves }) => approves).length
  const say = (word: 'approve' | 'reject'): void =>
    saying.mutate(
      { say: word, stage, condition, digest, as },
      { onSuccess: ({ refusal }) => refusal === undefined && onClose() },
    )
  const isOwn = by === proposedBy
  const objection = isOwn ? `You proposed it, so another must approve it.` : undefined
  return (
    <Dialog title={`Approve ${stage}?`} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
          <dt className="text-muted">Plan</dt>
          <dd className="break-all font-mono text-[0.78rem]">{digest}</dd>
          <dt className="text-muted">Proposed by</dt>
          <dd>{proposedBy}</dd>
          <dt className="text-muted">Given</dt>
          <dd>
            {given.length === 0
              ? `none of ${count}`
              : given.map((word) => (
                  <span key={word.by} className="block">
                    {word.by} {word.approves ? 'approved' : 'rejected'} <Ago atMs={word.atMs} />
                  </span>
                ))}
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
        {from.length > 1 ? (
          <SelectField
            label="Speaking as"
            value={as}
            options={from.map((name) => ({ value: name, text: name }))}
            onChange={(event) => setAs(event.target.value)}
          />
        ) : (
          <p className="text-muted">
            You speak as <strong className="text-ink">{as}</strong>.
          </p>
        )}
        <WordComplaint
          sentence={objection ?? saying.data?.refusal?.sentence ?? saying.error?.message}
        />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button weight="danger" disabled={saying.isPending} onClick={() => say('reject')}>
            Reject
          </Button>
          <Button weight="main" disabled={isOwn || saying.isPending} onClick={() => say('approve')}>
            Approve
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
