/** Asks once more before a revision is added, or proposed to whoever owns what it touches. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { TouchedOwner } from '../../core/plan/owner.ts'
import type { AppliedContract, ApplyReply, RevisionView } from '../../server/wire/contracts.ts'
import { ask } from '../api/request.ts'
import { Button } from '../part/button.tsx'
import { Complaint } from '../part/complaint.tsx'
import { Dialog } from '../part/dialog.tsx'
import { TextField } from '../part/field.tsx'

interface ApplyProps {
  readonly text: string
  readonly path: string
  readonly contract: Pick<RevisionView, 'kind' | 'name' | 'digest'>
  /** What the trial said of it. */
  readonly applied: AppliedContract
  readonly onClose: () => void
}

/** The question, and for what is only proposed also the answer. */
export function ApplyDialog({ text, path, contract, applied, onClose }: ApplyProps): ReactNode {
  const [why, setWhy] = useState('')
  const queries = useQueryClient()
  const { kind, name } = contract
  const applying = useMutation({
    mutationFn: () =>
      ask<ApplyReply>({
        method: 'POST',
        path: '/v1/apply',
        body: {
          sources: [{ path, text }],
          expects: [{ kind, name, digest: applied.replaces ?? null }],
          ...(why === '' ? {} : { why }),
        },
      }),
    onSuccess: async ({ contracts }) => {
      await queries.invalidateQueries()
      // What only waits is nowhere to be seen yet, so the dialog stays and says so.
      if (contracts[0]?.outcome !== 'proposed') onClose()
    },
  })
  const proposed = applying.data?.contracts[0]
  if (proposed?.outcome === 'proposed') return <Proposed applied={proposed} onClose={onClose} />
  const isProposal = applied.outcome === 'proposed'
  const verb = isProposal ? 'Propose' : 'Apply'
  return (
    <Dialog title={`${verb} this revision of ${name}?`} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p>
          A revision is {isProposal ? 'proposed' : 'added'} with {applied.changes.length}{' '}
          {applied.changes.length === 1 ? 'change' : 'changes'}. Nothing is started: the next ramp
          takes it{isProposal ? ' once every owner has said yes' : ''}. It is refused if somebody
          else has added one meanwhile.
        </p>
        <WordsTaken owners={applied.owners ?? []} />
        <Touched touches={applied.touches} />
        <TextField
          label="Why"
          placeholder="Stands in the ledger beside your name"
          value={why}
          onChange={(event) => setWhy(event.target.value)}
        />
        <Complaint sentence={applying.error?.message} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button weight="main" disabled={applying.isPending} onClick={() => applying.mutate()}>
            {verb}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

/** Whose word it takes, and for what of theirs; nothing when it takes nobody's. */
export function WordsTaken({ owners }: { readonly owners: readonly TouchedOwner[] }): ReactNode {
  if (owners.length === 0) return null
  return (
    <div>
      <p>It is not amended before each of these has said yes:</p>
      <ul className="list-disc pl-5">
        {owners.map(({ owner, places }) => (
          <li key={owner}>
            <span className="font-medium">{owner}</span>, for {places.join(', ')}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What is under way, and stays as it is. */
export function Touched({ touches }: { readonly touches: readonly string[] }): ReactNode {
  return (
    <p className="text-muted">
      {touches.length === 0
        ? 'No ramp of it is under way.'
        : `Under way, and left on the revision they began with: ${touches.join(', ')}.`}
    </p>
  )
}

function Proposed(props: {
  readonly applied: AppliedContract
  readonly onClose: () => void
}): ReactNode {
  const { kind, name, owners = [] } = props.applied
  return (
    <Dialog title={`${name} is proposed, not amended yet`} onClose={props.onClose}>
      <div className="flex flex-col gap-4">
        <WordsTaken owners={owners} />
        <p>
          They see it at Approvals, or with{' '}
          <code className="font-mono text-xs">rampart contracts proposals</code>, and answer with{' '}
          <code className="font-mono text-xs">
            rampart contracts approve {kind}/{name}
          </code>
          .
        </p>
        <div className="flex justify-end">
          <Button weight="main" onClick={props.onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
