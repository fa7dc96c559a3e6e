/** The record: every entry, newest first, whether its chain holds, and each entry whole. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useDeferredValue, useState } from 'react'
import type { Recorded } from '../../server/wire.ts'
import { ledgerEndQuery, ledgerQuery } from '../api/queries.ts'
import { Button } from '../part/button.tsx'
import { entrySentence } from '../part/entry-sentence.ts'
import { SearchField, SelectField } from '../part/field.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Page } from '../part/panel.tsx'
import { Empty, Trouble, Waiting } from '../part/state-note.tsx'
import { Instant } from '../part/time.tsx'
import { ChainState } from './chain-state.tsx'
import { EntryDialog } from './entry-dialog.tsx'

/** How many entries a page holds. */
const A_PAGE = 400

/** Kinds of entries by how their type begins. */
const KINDS = [
  { value: '', text: 'Every kind' },
  { value: 'ramp.', text: 'Turns of ramps' },
  { value: 'stage.', text: 'Stages' },
  { value: 'condition.', text: 'Answers' },
  { value: 'command.', text: 'Commands' },
  { value: 'word.', text: 'Words of people' },
  { value: 'approval.', text: 'Approvals' },
  { value: 'contract.', text: 'Contracts' },
  { value: 'access.', text: 'Access' },
] as const

/** The page. */
export function LedgerPage(): ReactNode {
  const end = useQuery(ledgerEndQuery)
  return (
    <Page
      title="Ledger"
      about="Append-only and hash-chained: whatever is shown anywhere follows from these entries."
    >
      <ChainState entries={end.data} />
      <Loaded query={end} what="The ledger" lines={8}>
        {(head) => (head === 0 ? <NoEntries /> : <Entries head={head} />)}
      </Loaded>
    </Page>
  )
}

function NoEntries(): ReactNode {
  return (
    <div className="rounded-lg border border-line bg-panel">
      <Empty title="Nothing has been written yet.">The first ramp writes the first entry.</Empty>
    </div>
  )
}

function Entries({ head }: { readonly head: number }): ReactNode {
  const { find = '', kind = '', entry } = useSearch({ from: '/ledger' })
  const navigate = useNavigate({ from: '/ledger' })
  const [until, setUntil] = useState<number | undefined>()
  const last = Math.min(until ?? head, head)
  const page = useQuery(ledgerQuery(Math.max(0, last - A_PAGE), A_PAGE))
  const wanted = useDeferredValue(find.trim().toLowerCase())
  const all = page.data?.entries ?? []
  const shown = all
    .filter((one) => one.entry.type.startsWith(kind) && textOf(one).includes(wanted))
    .toReversed()
  const open = (position: number | undefined): void => {
    void navigate({
      search: (old) => ({ ...old, entry: position === undefined ? undefined : String(position) }),
      replace: true,
      resetScroll: false,
    })
  }
  const first = all[0]?.position ?? 1
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <SearchField
          label="Search these entries"
          placeholder="Ramp, stage, person or words"
          value={find}
          onChange={(text) =>
            void navigate({
              search: (old) => ({ ...old, find: text || undefined }),
              replace: true,
            })
          }
        />
        <div className="w-44">
          <SelectField
            label="Kind"
            isLabelHidden
            value={kind}
            options={KINDS}
            onChange={(event) =>
              void navigate({
                search: (old) => ({ ...old, kind: event.target.value || undefined }),
              })
            }
          />
        </div>
        <span className="numbers text-muted text-xs" role="status">
          {shown.length} of {first} to {first + Math.max(0, all.length - 1)}
        </span>
        <span className="ml-auto flex gap-2">
          <Button
            disabled={until === undefined}
            onClick={() => setUntil(last + A_PAGE >= head ? undefined : last + A_PAGE)}
          >
            Newer
          </Button>
          <Button disabled={first <= 1} onClick={() => setUntil(Math.max(A_PAGE, first - 1))}>
            Older
          </Button>
        </span>
      </div>
      <div className="rounded-lg border border-line bg-panel">
        {page.isPending ? <Waiting lines={8} /> : null}
        {page.isError ? <Trouble error={page.error} what="The entries" /> : null}
        {page.isSuccess && shown.length === 0 ? (
          <Empty title="No entry here is like that.">
            Look among older ones, or for other words.
          </Empty>
        ) : null}
        <ul aria-label="Entries">
          {shown.map((one) => (
            <EntryRow key={one.position} recorded={one} onOpen={() => open(one.position)} />
          ))}
        </ul>
      </div>
      {entry === undefined ? null : (
        <EntryDialog position={Number(entry)} onClose={() => open(undefined)} />
      )}
    </>
  )
}

function EntryRow(props: { readonly recorded: Recorded; readonly onOpen: () => void }): ReactNode {
  const { position, stream, entry } = props.recorded
  const stage = 'stage' in entry ? `${entry.stage} ` : ''
  return (
    <li className="[content-visibility:auto] [contain-intrinsic-size:auto_2.1rem]">
      <button
        type="button"
        data-row=""
        onClick={props.onOpen}
        className="grid w-full grid-cols-[3.5rem_minmax(0,1fr)] items-baseline gap-x-4 border-line border-b px-4 py-1.5 text-left hover:bg-sunken lg:grid-cols-[3.5rem_8rem_11rem_10rem_minmax(0,1fr)]"
      >
        <span className="numbers text-right text-muted text-xs">{position}</span>
        <span className="hidden text-muted text-xs lg:block">
          <Instant atMs={entry.atMs} />
        </span>
        <span className="hidden truncate font-mono text-[0.75rem] lg:block">{entry.type}</span>
        <span className="hidden truncate text-muted text-xs lg:block">{stream}</span>
        <span className="truncate">
          <span className="mr-2 font-mono text-[0.75rem] lg:hidden">{entry.type}</span>
          <span className="font-medium">{stage}</span>
          <span className="text-muted">{entrySentence(entry)}</span>
        </span>
      </button>
    </li>
  )
}

function textOf({ stream, entry }: Recorded): string {
  const stage = 'stage' in entry ? entry.stage : ''
  return `${stream} ${entry.type} ${stage} ${entrySentence(entry)}`.toLowerCase()
}
