/** What scans of files found before anything ran: in each repository, and between several of them. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { type ReactNode, useDeferredValue } from 'react'
import type { ScanConflict, ScanSummary } from '../../server/wire/scans.ts'
import { scanConflictsQuery, scansQuery } from '../api/queries.ts'
import { SearchField } from '../part/field.tsx'
import { ListEnd, type Readable } from '../part/list-end.tsx'
import { type Asked, Loaded } from '../part/loaded.tsx'
import { Panel } from '../part/panel.tsx'
import { Copyable } from '../part/short-text.tsx'
import { Empty } from '../part/state-note.tsx'
import { Ago } from '../part/time.tsx'
import { ScanConflicts } from './scan-conflicts-panel.tsx'
import { ScanDetail } from './scan-detail.tsx'
import { filterConflicts, type ScanFilter, worstFirst } from './scan-lists.ts'
import { SeverityPill } from './scan-mark.tsx'

/** The view. */
export function ScansView({ onOpen }: { readonly onOpen: (port: number) => void }): ReactNode {
  const scans = useInfiniteQuery(scansQuery)
  const conflicts = useInfiniteQuery(scanConflictsQuery)
  return (
    <Loaded query={scans} what="The list of scans" lines={6}>
      {(found) =>
        found.length === 0 ? (
          <NoScans />
        ) : (
          <>
            <Scans scans={worstFirst(found)} between={conflicts} onOpen={onOpen} />
            <ListEnd query={scans} count={found.length} what="scans" isAlone />
          </>
        )
      }
    </Loaded>
  )
}

function Scans(props: {
  readonly scans: readonly ScanSummary[]
  readonly between: Asked<readonly ScanConflict[]> & Readable
  readonly onOpen: (port: number) => void
}): ReactNode {
  const { scans, between, onOpen } = props
  const { data: conflicts = [] } = between
  const search = useSearch({ from: '/ports' })
  const find = useDeferredValue(search.find ?? '')
  const filter = { find, withGuesses: search.guesses !== undefined }
  const chosen = scans.find(({ name }) => name === search.scan) ?? scans[0]
  const { shown, guesses } = filterConflicts(conflicts, filter)
  return (
    <div className="flex flex-col gap-5">
      <Filters filter={filter} />
      <ScanConflicts
        conflicts={shown}
        guesses={guesses}
        isAlone={scans.length === 1}
        isFiltered={find !== ''}
        query={between}
        onOpen={onOpen}
      />
      <div className="grid items-start gap-5 lg:grid-cols-[19rem_minmax(0,1fr)]">
        <Repositories scans={scans} conflicts={conflicts} chosen={chosen?.name} />
        {chosen === undefined ? null : (
          <ScanDetail
            key={chosen.name}
            name={chosen.name}
            conflicts={conflicts}
            filter={filter}
            onOpen={onOpen}
          />
        )}
      </div>
    </div>
  )
}

function Filters({ filter }: { readonly filter: ScanFilter }): ReactNode {
  const { find = '' } = useSearch({ from: '/ports' })
  const navigate = useNavigate({ from: '/ports' })
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <SearchField
        label="Filter by port, service, file or repository"
        placeholder="Port, service, file"
        value={find}
        onChange={(text) =>
          void navigate({ search: (old) => ({ ...old, find: text || undefined }), replace: true })
        }
      />
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          checked={filter.withGuesses}
          onChange={({ target }) =>
            void navigate({
              search: (old) => ({ ...old, guesses: target.checked ? 'shown' : undefined }),
              replace: true,
              resetScroll: false,
            })
          }
        />
        Guesses too
      </label>
    </div>
  )
}

/** Every scan on a line, with who published it and when. */
function Repositories(props: {
  readonly scans: readonly ScanSummary[]
  readonly conflicts: readonly ScanConflict[]
  readonly chosen: string | undefined
}): ReactNode {
  const navigate = useNavigate({ from: '/ports' })
  const choose = (name: string): void => {
    void navigate({ search: (old) => ({ ...old, scan: name }), replace: true, resetScroll: false })
  }
  return (
    <Panel title="Repositories" count={props.scans.length} isFlush>
      <ul aria-label="Repositories" className="divide-y divide-line">
        {props.scans.map((scan) => (
          <li key={scan.name}>
            <button
              type="button"
              data-row=""
              aria-pressed={scan.name === props.chosen}
              onClick={() => choose(scan.name)}
              className={clsx(
                'flex w-full flex-col gap-1.5 px-4 py-2.5 text-left hover:bg-sunken',
                scan.name === props.chosen && 'bg-accent-soft hover:bg-accent-soft',
              )}
            >
              <span className="break-all font-medium">{scan.name}</span>
              <Tally scan={scan} between={countBetween(scan.name, props.conflicts)} />
              <span className="break-all text-muted text-xs">
                {scan.by}, <Ago atMs={scan.atMs} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Tally(props: { readonly scan: ScanSummary; readonly between: number }): ReactNode {
  const { errors, warnings } = props.scan
  const { between } = props
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      {errors === 0 ? null : <SeverityPill severity="error" count={errors} />}
      {warnings === 0 ? null : <SeverityPill severity="warning" count={warnings} />}
      {errors + warnings === 0 ? <span className="text-muted text-xs">nothing wrong</span> : null}
      {between === 0 ? null : (
        <span className="numbers text-warn text-xs">{between} with others</span>
      )}
    </span>
  )
}

function countBetween(name: string, conflicts: readonly ScanConflict[]): number {
  const sure = conflicts.filter(({ severity }) => severity !== 'note')
  return sure.filter(({ claims }) => claims.some(({ scan }) => scan === name)).length
}

function NoScans(): ReactNode {
  return (
    <div className="rounded-lg border border-line bg-panel">
      <Empty title="No scan was published.">
        <p>A scan reads the files of a repository, and says which programs want the same port:</p>
        <p className="mt-2">
          <Copyable
            text={`rampart --server ${window.location.origin} ports scan --publish NAME`}
            label="the command"
          />
        </p>
        <p className="mt-2">
          Run it in each repository, best by CI. What several of them claim is told here.
        </p>
      </Empty>
    </div>
  )
}
