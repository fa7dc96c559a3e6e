/** One proposed change: what exactly is answered, what it would do, and the answer. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { AnsweredProposal, AnswerProposal, ProposalView } from '../../server/wire/proposals.ts'
import { askLiveAgain } from '../api/liveness.ts'
import { proposalPath, proposalQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'
import { ChangeList } from '../contracts/change-list.tsx'
import { Button } from '../part/button.tsx'
import { Complaint } from '../part/complaint.tsx'
import { Dialog } from '../part/dialog.tsx'
import { TextField } from '../part/field.tsx'
import { Loaded } from '../part/loaded.tsx'
import { DigestText } from '../part/short-text.tsx'

/** What is shown. */
export interface ProposalDialogProps {
  readonly proposal: ProposalView
  /** Whether whoever looks has proposed it, and so may only take it back. */
  readonly isOwn: boolean
  readonly onClose: () => void
}

/** The dialog. */
export function ProposalDialog({ proposal, isOwn, onClose }: ProposalDialogProps): ReactNode {
  const { kind, name, digest, replaces, mayApprove } = proposal
  const detail = useQuery(proposalQuery(proposal))
  const [why, setWhy] = useState('')
  const answering = useAnswer(proposal)
  const say = (word: AnswerProposal['say']): void =>
    answering.mutate(
      { say: word, ...(why.trim() === '' ? {} : { why: why.trim() }) },
      { onSuccess: ({ refusal }) => refusal === undefined && onClose() },
    )
  const mayAnswer = mayApprove || isOwn
  // What could not be shown is not answered.
  const isBlind = detail.data === undefined || answering.isPending
  return (
    <Dialog title={`Change ${kind}/${name}?`} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p className="text-muted">
          From <DigestText digest={replaces} /> to <DigestText digest={digest} />. An answer is to
          this very proposal; another one takes everybody's word anew.
        </p>
        <div className="max-h-[50dvh] overflow-y-auto">
          <Loaded query={detail} what="What it would change" lines={4}>
            {({ changes, consequences }) => (
              <ChangeList changes={changes} consequences={consequences} />
            )}
          </Loaded>
        </div>
        {mayAnswer ? (
          <TextField
            label="Why"
            placeholder="Stands in the ledger beside your name"
            value={why}
            maxLength={500}
            onChange={(event) => setWhy(event.target.value)}
          />
        ) : null}
        <Complaint sentence={answering.data?.refusal?.sentence ?? answering.error?.message} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          {mayAnswer ? (
            <Button weight="danger" disabled={isBlind} onClick={() => say('reject')}>
              {isOwn ? 'Withdraw' : 'Reject'}
            </Button>
          ) : null}
          {mayApprove ? (
            <Button weight="main" disabled={isBlind} onClick={() => say('approve')}>
              Approve
            </Button>
          ) : null}
        </div>
      </div>
    </Dialog>
  )
}

/** Answers a proposal. A refusal is an answer, not a failure. */
function useAnswer(proposal: ProposalView) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (answer: AnswerProposal) =>
      ask<AnsweredProposal>({
        method: 'POST',
        path: `${proposalPath(proposal)}/answers`,
        body: answer,
        ifMatch: proposal.etag,
      }),
    onSuccess: () => askLiveAgain(queries),
  })
}
