/** Contracts whose change waits for the word of owners: whose word is missing, and what it would change. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { ProposalView } from '../../server/wire/proposals.ts'
import { meQuery, proposalsQuery } from '../api/queries.ts'
import { Button } from '../part/button.tsx'
import { ListEnd } from '../part/list-end.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Panel } from '../part/panel.tsx'
import { Ago } from '../part/time.tsx'
import { ProposalDialog } from './proposal-dialog.tsx'

/** The panel; it stays when it is empty, so that somebody who looks for one knows there is none. */
export function ProposalsPanel(): ReactNode {
  const query = useInfiniteQuery(proposalsQuery)
  return (
    <Panel
      title="Changes of contracts"
      count={query.data?.length}
      hasMore={query.hasNextPage}
      isFlush
    >
      <Loaded query={query} what="The list of proposed changes">
        {(proposals) =>
          proposals.length === 0 ? (
            <p className="px-4 py-3 text-muted">No change of a contract waits for an owner.</p>
          ) : (
            <ul className="divide-y divide-line">
              {proposals.map((proposal) => (
                <ProposalRow key={proposal.proposal} proposal={proposal} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <ListEnd query={query} count={query.data?.length ?? 0} what="changes that wait longest" />
    </Panel>
  )
}

function ProposalRow({ proposal }: { readonly proposal: ProposalView }): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const { data: me } = useQuery(meQuery)
  const { kind, name, by, why, atMs, expiresAtMs, owners, mayApprove, whyNot } = proposal
  const isOwn = me?.name === by
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4 py-3">
      <div className="min-w-0">
        <p className="font-medium">
          <Link
            to="/contracts/$kind/$name"
            params={{ kind, name }}
            data-row=""
            className="hover:underline"
          >
            {kind}/{name}
          </Link>
        </p>
        <ul className="text-muted">
          {owners.map(({ owner, places, by: given }) => (
            <li key={owner}>
              {given === undefined ? (
                <>
                  waits for <span className="font-medium text-ink">{owner}</span>
                </>
              ) : (
                <>
                  {given} said yes for {owner}
                </>
              )}
              : {places.join(', ')}
            </li>
          ))}
        </ul>
        <p className="text-muted text-xs">
          proposed by {by} <Ago atMs={atMs} />
          {why === undefined || why === '' ? null : <>: {why}</>}, expires{' '}
          <Ago atMs={expiresAtMs} />
        </p>
        {whyNot === undefined || isOwn ? null : <p className="mt-1 text-warn">{whyNot}</p>}
      </div>
      <Button
        weight={mayApprove ? 'main' : 'plain'}
        onClick={() => setOpen(true)}
        aria-label={`${verbOf(mayApprove, isOwn)} of ${kind}/${name}`}
      >
        {verbOf(mayApprove, isOwn)}…
      </Button>
      {isOpen ? (
        <ProposalDialog proposal={proposal} isOwn={isOwn} onClose={() => setOpen(false)} />
      ) : null}
    </li>
  )
}

function verbOf(mayApprove: boolean, isOwn: boolean): string {
  if (mayApprove) return 'Approve or reject'
  return isOwn ? 'Look or withdraw' : 'Look'
}
