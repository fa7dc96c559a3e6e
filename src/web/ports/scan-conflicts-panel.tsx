/** Ports that several repositories claim: what no scan of one of them could tell. */
import type { ReactNode } from 'react'
import type { ScanConflict } from '../../server/wire/scans.ts'
import { ListEnd, type Readable } from '../part/list-end.tsx'
import { type Asked, Loaded } from '../part/loaded.tsx'
import { Panel } from '../part/panel.tsx'
import { printPorts } from './scan-lists.ts'
import { SeverityPill } from './scan-mark.tsx'

/** Draws them, the worst first. */
export function ScanConflicts(props: {
  readonly conflicts: readonly ScanConflict[]
  /** How many guesses are not shown. */
  readonly guesses: number
  /** Whether there is only one repository. */
  readonly isAlone: boolean
  readonly isFiltered: boolean
  readonly query: Asked<readonly ScanConflict[]> & Readable
  readonly onOpen: (port: number) => void
}): ReactNode {
  const { conflicts, onOpen } = props
  return (
    <Panel
      title="Between repositories"
      count={conflicts.length}
      hasMore={props.query.hasNextPage}
      isFlush
    >
      {props.query.data === undefined ? (
        <Loaded query={props.query} what="The comparison of repositories" lines={1}>
          {() => null}
        </Loaded>
      ) : conflicts.length === 0 ? (
        <p className="px-4 py-3 text-muted">{nothingOf(props)}</p>
      ) : (
        <ul aria-label="Between repositories" className="divide-y divide-line">
          {conflicts.map((conflict) => (
            <ConflictRow key={keyOf(conflict)} conflict={conflict} onOpen={onOpen} />
          ))}
        </ul>
      )}
      {conflicts.length === 0 || props.guesses === 0 ? null : (
        <p className="border-line border-t px-4 py-2 text-muted text-xs">{guessed(props)}</p>
      )}
      <ListEnd
        query={props.query}
        count={props.query.data?.length ?? 0}
        what="claims of several repositories"
      />
    </Panel>
  )
}

function ConflictRow(props: {
  readonly conflict: ScanConflict
  readonly onOpen: (port: number) => void
}): ReactNode {
  const { severity, sentence, claims, first } = props.conflict
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <SeverityPill severity={severity} />
        <span className="min-w-0 break-words font-medium">{sentence}</span>
        <button
          type="button"
          data-row=""
          onClick={() => props.onOpen(first)}
          className="ml-auto whitespace-nowrap text-accent text-xs hover:underline"
        >
          Who has {first} now
        </button>
      </div>
      <ul className="grid gap-x-6 gap-y-1.5 sm:grid-cols-2 xl:grid-cols-3">
        {claims.map((claim) => (
          <li
            key={`${claim.scan} ${claim.file}:${claim.line}:${claim.column} ${claim.service}`}
            className="min-w-0 border-firm border-l-2 pl-2.5"
          >
            <span className="font-medium">{claim.scan}</span>{' '}
            <span className="text-muted">
              {claim.service}
              {claim.environment === undefined ? '' : `, ${claim.environment}`}
            </span>
            <code className="block break-all font-mono text-[0.75rem]">
              {claim.file}:{claim.line}:{claim.column}
            </code>
            <code className="block break-all font-mono text-[0.75rem] text-muted">
              {claim.text}
            </code>
          </li>
        ))}
      </ul>
    </li>
  )
}

function nothingOf(props: {
  readonly guesses: number
  readonly isAlone: boolean
  readonly isFiltered: boolean
}): string {
  if (props.isAlone) return 'There is only one scan: publish those of other repositories too.'
  if (props.guesses > 0) return guessed(props)
  return props.isFiltered ? 'None is like that.' : 'No two of them claim the same port.'
}

function guessed({ guesses }: { readonly guesses: number }): string {
  const what = guesses === 1 ? '1 guess is' : `${guesses} guesses are`
  return `${what} not shown: only one side says where it is started.`
}

function keyOf({ severity, environment = '', ...conflict }: ScanConflict): string {
  return `${severity} ${printPorts(conflict)} ${environment}`
}
