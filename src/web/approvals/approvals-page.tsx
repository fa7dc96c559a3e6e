/**
 * What waits for somebody's word: ramps, yours first, then those of others, each with why you may not;
 * then changes of contracts.
 */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { ApprovalView } from '../../server/wire/approvals.ts'
import { approvalsQuery } from '../api/queries.ts'
import { approvalsInTurn } from '../overview/sort-out.ts'
import { Button } from '../part/button.tsx'
import { ListEnd } from '../part/list-end.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Page, Panel } from '../part/panel.tsx'
import { DigestText } from '../part/short-text.tsx'
import { Empty } from '../part/state-note.tsx'
import { Ago } from '../part/time.tsx'
import { ApproveDialog } from '../ramp/approve-dialog.tsx'
import { ProposalsPanel } from './proposals-panel.tsx'

/** The page. */
export function ApprovalsPage(): ReactNode {
  const query = useInfiniteQuery(approvalsQuery)
  return (
    <Page
      title="Approvals"
      about="An approval holds for one plan or one change, and nobody approves what they proposed."
    >
      <Loaded query={query} what="The list of approvals" lines={4}>
        {(approvals) => <Lists approvals={approvalsInTurn(approvals)} />}
      </Loaded>
      <ListEnd query={query} count={query.data?.length ?? 0} what="approvals" isAlone />
      <ProposalsPanel />
    </Page>
  )
}

function Lists({ approvals }: { readonly approvals: readonly ApprovalView[] }): ReactNode {
  if (approvals.length === 0) {
    return (
      <div className="rounded-lg border border-line bg-panel">
        <Empty title="No approval is wanted.">
          When a ramp comes to a gate that asks for one, it stands here and on the overview.
        </Empty>
      </div>
    )
  }
  const yours = approvals.filter(({ mayApprove }) => mayApprove)
  const others = approvals.filter(({ mayApprove }) => !mayApprove)
  return (
    <>
      <List title="Wait for you" approvals={yours} none="Nothing waits for you." />
      {others.length === 0 ? null : <List title="Wait for others" approvals={others} none="" />}
    </>
  )
}

function List(props: {
  readonly title: string
  readonly approvals: readonly ApprovalView[]
  readonly none: string
}): ReactNode {
  const { title, approvals, none } = props
  return (
    <Panel title={title} count={approvals.length} isFlush>
      {approvals.length === 0 ? <p className="px-4 py-3 text-muted">{none}</p> : null}
      <ul className="divide-y divide-line">
        {approvals.map((approval) => (
          <ApprovalRow
            key={`${approval.ramp}/${approval.stage}/${approval.condition}`}
            approval={approval}
          />
        ))}
      </ul>
    </Panel>
  )
}

function ApprovalRow({ approval }: { readonly approval: ApprovalView }): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const { ramp, contract, goal, stage, condition, digest, proposedBy, from, count, words } =
    approval
  const { askedAtMs, expiresAtMs, mayApprove, whyNot } = approval
  const given = words.filter(({ approves }) => approves)
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4 py-3">
      <div className="min-w-0">
        <p className="font-medium">
          <Link
            to="/ramps/$ramp"
            params={{ ramp }}
            search={{ stage }}
            data-row=""
            className="hover:underline"
          >
            {contract.name} {goal}: {stage}
          </Link>
        </p>
        <p className="text-muted">
          {condition} asks for {count === 1 ? 'one word' : `${count} words`} of {from.join(' or ')};{' '}
          {given.length === 0 ? 'none given' : `given by ${given.map(({ by }) => by).join(', ')}`}.
        </p>
        <p className="text-muted text-xs">
          plan <DigestText digest={digest} />, proposed by {proposedBy}, asked{' '}
          <Ago atMs={askedAtMs} />
          {expiresAtMs === undefined ? null : (
            <>
              , expires <Ago atMs={expiresAtMs} />
            </>
          )}
        </p>
        {whyNot === undefined ? null : <p className="mt-1 text-warn">{whyNot}</p>}
      </div>
      {mayApprove ? (
        <Button weight="main" onClick={() => setOpen(true)}>
          Approve or reject…
        </Button>
      ) : null}
      {isOpen ? (
        <ApproveDialog
          ramp={ramp}
          approval={approval}
          digest={digest}
          proposedBy={proposedBy}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </li>
  )
}
