/** One contract: its revisions, the text of one, what differs from another, and what a change would do. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import type { RevisionSummary } from '../../server/wire/contracts.ts'
import {
  type ContractName,
  comparisonQuery,
  contractsQuery,
  revisionQuery,
  revisionsQuery,
} from '../api/queries.ts'
import { ListEnd } from '../part/list-end.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Page, Panel } from '../part/panel.tsx'
import { DigestText } from '../part/short-text.tsx'
import { Empty, Trouble, Waiting } from '../part/state-note.tsx'
import { type Tab, Tabs } from '../part/tabs.tsx'
import { Ago } from '../part/time.tsx'
import { ChangeList } from './change-list.tsx'
import { ChangeTrial } from './change-trial.tsx'
import { ContractText } from './contract-text.tsx'
import { LastRampLink } from './last-ramp-link.tsx'
import { printDocument } from './print-document.ts'

type ViewName = 'text' | 'differences' | 'change'

const TABS: readonly Tab<ViewName>[] = [
  { name: 'text', title: 'Text' },
  { name: 'differences', title: 'Differences' },
  { name: 'change', title: 'Try a change' },
]

/** The page. */
export function ContractPage(): ReactNode {
  const contract = useParams({ from: '/contracts/$kind/$name' })
  const revisions = useInfiniteQuery(revisionsQuery(contract))
  const contracts = useInfiniteQuery(contractsQuery)
  const held = contracts.data?.find(
    ({ kind, name }) => kind === contract.kind && name === contract.name,
  )
  const title = contract.name
  if (revisions.data === undefined) {
    return (
      <Page title={title} about={contract.kind}>
        {revisions.isError ? (
          <Trouble error={revisions.error} what={`The contract ${contract.name}`} />
        ) : (
          <Waiting lines={6} />
        )}
      </Page>
    )
  }
  return (
    <Page
      title={title}
      about={
        <>
          {contract.kind}
          {held?.lastRamp === undefined ? null : <LastRampLink ramp={held.lastRamp} />}
        </>
      }
    >
      <Revisions contract={contract} revisions={revisions.data} />
      <ListEnd query={revisions} count={revisions.data.length} what="revisions" isAlone />
    </Page>
  )
}

function Revisions(props: {
  readonly contract: ContractName
  readonly revisions: readonly RevisionSummary[]
}): ReactNode {
  const { contract, revisions } = props
  const search = useSearch({ from: '/contracts/$kind/$name' })
  const navigate = useNavigate({ from: '/contracts/$kind/$name' })
  const view = TABS.find(({ name }) => name === search.view)?.name ?? 'text'
  const chosen = search.revision ?? revisions[0]?.digest
  const place = revisions.findIndex(({ digest }) => digest === chosen)
  const from = search.from ?? revisions[place + 1]?.digest
  if (chosen === undefined) return <Empty title="It has no revision." />
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[19rem_minmax(0,1fr)]">
      <Panel title="Revisions" count={revisions.length} isFlush>
        <ol className="max-h-[70vh] divide-y divide-line overflow-y-auto">
          {revisions.map((revision) => (
            <RevisionRow
              key={revision.digest}
              revision={revision}
              isChosen={revision.digest === chosen}
              onChoose={() =>
                void navigate({
                  search: (old) => ({ ...old, revision: revision.digest, from: undefined }),
                  replace: true,
                })
              }
            />
          ))}
        </ol>
      </Panel>
      <Tabs
        tabs={TABS}
        open={view}
        label="Views of the contract"
        onOpen={(name) => void navigate({ search: (old) => ({ ...old, view: name }) })}
      >
        {view === 'differences' ? (
          <Differences contract={contract} revisions={revisions} from={from} to={chosen} />
        ) : (
          <Text contract={contract} digest={chosen} isTried={view === 'change'} />
        )}
      </Tabs>
    </div>
  )
}

function RevisionRow(props: {
  readonly revision: RevisionSummary
  readonly isChosen: boolean
  readonly onChoose: () => void
}): ReactNode {
  const { number, digest, by, atMs, why } = props.revision
  return (
    <li>
      <button
        type="button"
        data-row=""
        aria-pressed={props.isChosen}
        onClick={props.onChoose}
        className={clsx(
          'flex w-full flex-col px-4 py-2 text-left',
          props.isChosen ? 'bg-accent-soft' : 'hover:bg-sunken',
        )}
      >
        <span className="flex w-full items-baseline justify-between gap-2">
          <span className="numbers font-medium">Revision {number}</span>
          <DigestText digest={digest} />
        </span>
        <span className="text-muted text-xs">
          {by}, <Ago atMs={atMs} />
        </span>
        {why === undefined || why === '' ? null : <span className="text-xs">{why}</span>}
      </button>
    </li>
  )
}

function Text(props: {
  readonly contract: ContractName
  readonly digest: string
  readonly isTried: boolean
}): ReactNode {
  const query = useQuery(revisionQuery(props.contract, props.digest))
  return (
    <Loaded query={query} what="The revision" lines={10}>
      {(revision) =>
        props.isTried ? (
          <ChangeTrial key={revision.digest} revision={revision} />
        ) : (
          <ContractText text={printDocument(revision.document)} issues={[]} />
        )
      }
    </Loaded>
  )
}

function Differences(props: {
  readonly contract: ContractName
  readonly revisions: readonly RevisionSummary[]
  readonly from: string | undefined
  readonly to: string
}): ReactNode {
  const { contract, revisions, from, to } = props
  const navigate = useNavigate({ from: '/contracts/$kind/$name' })
  if (from === undefined) {
    return (
      <div className="rounded-lg border border-line bg-panel">
        <Empty title="This is the first revision.">
          There is none before it to compare it with.
        </Empty>
      </div>
    )
  }
  return (
    <div className="flex flex-col gap-4">
      <label className="flex items-center gap-2 text-muted">
        From
        <select
          className="h-8 rounded-md border border-firm bg-panel px-2 text-ink"
          value={from}
          onChange={(event) =>
            void navigate({
              search: (old) => ({ ...old, from: event.target.value }),
              replace: true,
            })
          }
        >
          {revisions.map(({ digest, number }) => (
            <option key={digest} value={digest}>
              revision {number}
            </option>
          ))}
        </select>
        to revision {revisions.find(({ digest }) => digest === to)?.number}
      </label>
      <ComparedRevisions contract={contract} from={from} to={to} />
    </div>
  )
}

function ComparedRevisions(props: {
  readonly contract: ContractName
  readonly from: string
  readonly to: string
}): ReactNode {
  const query = useQuery(comparisonQuery(props.contract, props.from, props.to))
  return (
    <Loaded query={query} what="The comparison" lines={5}>
      {({ changes, consequences }) => <ChangeList changes={changes} consequences={consequences} />}
    </Loaded>
  )
}
