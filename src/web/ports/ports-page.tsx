/** The port map: what is leased of which range, by whom, how it is doing, and the story of each port. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, type SubmitEvent, useDeferredValue, useMemo } from 'react'
import type { PortLease } from '../../core/port/port-lease.ts'
import { printOwner } from '../../core/port/port-owner.ts'
import { PORT_STATES } from '../../core/port/port-states.ts'
import type { ListedRange } from '../../core/port/range-list.ts'
import type { LeaseList } from '../../server/wire/ports.ts'
import { portsQuery } from '../api/queries.ts'
import { RequestFailure } from '../api/request-failure.ts'
import { Button } from '../part/button.tsx'
import { inputLook, SelectField } from '../part/field.tsx'
import { ListEnd } from '../part/list-end.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Page, Panel } from '../part/panel.tsx'
import { Copyable } from '../part/short-text.tsx'
import { Empty, NotOffered } from '../part/state-note.tsx'
import { type Tab, Tabs } from '../part/tabs.tsx'
import { CarriedFronts } from './carried-fronts.tsx'
import { filterPorts, wrongPorts } from './port-map.ts'
import { PortMapPanel } from './port-map-panel.tsx'
import { PortPill } from './port-mark.tsx'
import { PortStoryDialog } from './port-story-dialog.tsx'
import { PortTable } from './port-table.tsx'
import { ScansView } from './scans-view.tsx'

const TABS: readonly Tab<'leases' | 'scans'>[] = [
  { name: 'leases', title: 'Leases' },
  { name: 'scans', title: 'Scans' },
]

/** The page. */
export function PortsPage(): ReactNode {
  const query = useInfiniteQuery(portsQuery)
  const { port } = useSearch({ from: '/ports' })
  const open = useOpen()
  const number = Number(port)
  const isPort = Number.isInteger(number) && number >= 1 && number <= 65_535
  const { view } = useSearch({ from: '/ports' })
  const navigate = useNavigate({ from: '/ports' })
  const { error } = query
  const isWithout = error instanceof RequestFailure && error.problem.code === 'ports-unavailable'
  return (
    <Page
      title="Ports"
      about="Who has which port, by the word of the kernel; and what files claim before anything runs."
      actions={isWithout ? undefined : <ExplainForm onOpen={open} />}
    >
      <Tabs
        tabs={TABS}
        open={view === 'scans' ? 'scans' : 'leases'}
        label="Views of ports"
        onOpen={(name) => void navigate({ search: name === 'leases' ? {} : { view: name } })}
      >
        {view === 'scans' ? (
          <ScansView onOpen={open} />
        ) : isWithout ? (
          <Boxed>
            <NotOffered what="The leases of ports">{error.message}</NotOffered>
          </Boxed>
        ) : (
          <Boxed isBare={query.data !== undefined}>
            <Loaded query={query} what="The list of ports" lines={8}>
              {(list) => <Listed list={list} />}
            </Loaded>
            <ListEnd query={query} count={query.data?.leases.length ?? 0} what="leases" isAlone />
          </Boxed>
        )}
      </Tabs>
      {isPort ? (
        <PortStoryDialog key={number} port={number} onClose={() => open(undefined)} />
      ) : null}
    </Page>
  )
}

/** Opens the story of a port, or closes it: which one is open stands in the address. */
function useOpen(): (port: number | undefined) => void {
  const navigate = useNavigate({ from: '/ports' })
  return (port) => {
    void navigate({
      search: (old) => ({ ...old, port: port === undefined ? undefined : String(port) }),
      replace: true,
      resetScroll: false,
    })
  }
}

/** Of ranges that contracts have, the map is drawn also when nobody has a port. */
function Listed({ list }: { readonly list: LeaseList }): ReactNode {
  const { leases, ranges = [], carried = [] } = list
  const hasContracts = ranges.some(({ contract }) => contract !== undefined)
  if (leases.length === 0 && carried.length === 0 && !hasContracts) return <NoPorts />
  return (
    <>
      <Leases leases={leases} ranges={ranges} />
      <CarriedFronts fronts={carried} />
    </>
  )
}

function Leases(props: {
  readonly leases: readonly PortLease[]
  readonly ranges: readonly ListedRange[]
}): ReactNode {
  const { leases, ranges } = props
  const { find = '', state = '' } = useSearch({ from: '/ports' })
  const open = useOpen()
  const wanted = useDeferredValue(find)
  const isFiltered = wanted !== '' || state !== ''
  const shown = useMemo(() => filterPorts(leases, { find: wanted, state }), [leases, wanted, state])
  return (
    <>
      <WrongPanel leases={wrongPorts(leases)} onOpen={open} />
      <Filters shown={shown.length} all={leases.length} />
      {shown.length === 0 && isFiltered ? (
        <Boxed>
          <Empty title="No lease is like that.">Ask for every state, or for another service.</Empty>
        </Boxed>
      ) : (
        <>
          <PortMapPanel leases={shown} ranges={ranges} withEmpty={!isFiltered} onOpen={open} />
          {shown.length === 0 ? null : <PortTable leases={shown} onOpen={open} />}
        </>
      )}
    </>
  )
}

function Filters(props: { readonly shown: number; readonly all: number }): ReactNode {
  const { find = '', state = '' } = useSearch({ from: '/ports' })
  const navigate = useNavigate({ from: '/ports' })
  const options = [
    { value: '', text: 'Every state' },
    ...PORT_STATES.map((one) => ({ value: one, text: one })),
  ]
  return (
    <div className="flex flex-wrap items-center gap-3">
      <input
        type="search"
        aria-label="Filter by service, port or process"
        placeholder="Service, port or process"
        className={`${inputLook} max-w-xs`}
        value={find}
        onChange={(event) =>
          void navigate({
            search: (old) => ({ ...old, find: event.target.value || undefined }),
            replace: true,
          })
        }
      />
      <div className="w-36">
        <SelectField
          label="State"
          isLabelHidden
          value={state}
          options={options}
          onChange={(event) =>
            void navigate({
              search: (old) => ({ ...old, state: event.target.value || undefined }),
              replace: true,
            })
          }
        />
      </div>
      <span className="numbers text-muted text-xs" role="status">
        {props.shown} of {props.all} leases
      </span>
    </div>
  )
}

/** What does not pass by itself comes first, whatever is filtered. */
function WrongPanel(props: {
  readonly leases: readonly PortLease[]
  readonly onOpen: (port: number) => void
}): ReactNode {
  if (props.leases.length === 0) return null
  return (
    <Panel title="Needs a person" count={props.leases.length} isFlush>
      <ul className="divide-y divide-line">
        {props.leases.map(({ id, claim, owner, state, because }) => (
          <li key={id} className="flex items-start gap-3 px-4 py-2.5">
            <div className="flex min-w-0 grow flex-wrap items-center gap-x-3 gap-y-1">
              <PortPill state={state} />
              <span className="numbers font-medium">{claim.port}</span>
              <span className="min-w-0 break-words">{printOwner(owner)}</span>
              <p className="min-w-0 basis-full break-words text-muted">{because}</p>
            </div>
            <Button onClick={() => props.onOpen(claim.port)}>Story</Button>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** Any port can be asked about, also one that nobody has leased. */
function ExplainForm({ onOpen }: { readonly onOpen: (port: number) => void }): ReactNode {
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    onOpen(Number(new FormData(event.currentTarget).get('port')))
  }
  return (
    <form className="flex gap-2" onSubmit={submit}>
      <input
        type="number"
        name="port"
        min={1}
        max={65_535}
        required
        aria-label="Port to explain"
        placeholder="Port"
        className={`${inputLook} max-w-24`}
      />
      <Button type="submit">Explain</Button>
    </form>
  )
}

function Boxed(props: { readonly isBare?: boolean; readonly children: ReactNode }): ReactNode {
  if (props.isBare === true) return <div className="flex flex-col gap-5">{props.children}</div>
  return <div className="rounded-lg border border-line bg-panel">{props.children}</div>
}

function NoPorts(): ReactNode {
  return (
    <div className="rounded-lg border border-line bg-panel">
      <Empty title="No port is leased.">
        <p>Run any command with a port of its own, which it finds in PORT:</p>
        <p className="mt-2">
          <Copyable text="rampart ports run -- npm run dev" label="the command" />
        </p>
        <p className="mt-2">
          Components that name their ports in a contract are given them by <code>rampart up</code>.
        </p>
      </Empty>
    </div>
  )
}
