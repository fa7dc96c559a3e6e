/** One repository: what its scan found, by severity, and every port that it claims. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type {
  PublishedClaim,
  PublishedFinding,
  ScanConflict,
  ScanView,
} from '../../server/wire/scans.ts'
import { mayOperate } from '../api/may.ts'
import { meQuery, scanConflictsQuery, scanQuery, scansQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'
import { Button } from '../part/button.tsx'
import { Dialog } from '../part/dialog.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Panel } from '../part/panel.tsx'
import { Instant } from '../part/time.tsx'
import {
  contestsOf,
  filterClaims,
  filterFindings,
  printPorts,
  type ScanFilter,
} from './scan-lists.ts'
import { SeverityPill } from './scan-mark.tsx'

interface Shown {
  readonly name: string
  readonly conflicts: readonly ScanConflict[]
  readonly filter: ScanFilter
  readonly onOpen: (port: number) => void
}

/** Draws it. */
export function ScanDetail(props: Shown): ReactNode {
  const query = useQuery(scanQuery(props.name))
  return (
    <Panel
      title={props.name}
      aside={query.data === undefined ? undefined : <Remove view={query.data} />}
      isFlush
    >
      <Loaded query={query} what={`The scan of ${props.name}`} lines={5}>
        {(view) => (
          <>
            <About view={view} />
            <Findings {...props} view={view} />
            <Claims {...props} view={view} />
          </>
        )}
      </Loaded>
    </Panel>
  )
}

function About({ view: { summary, scan } }: { readonly view: ScanView }): ReactNode {
  const { by, atMs, revision } = summary
  return (
    <p className="break-words border-line border-b px-4 py-2 text-muted text-xs">
      {scan.filesRead} {scan.filesRead === 1 ? 'file' : 'files'} read, published by {by}{' '}
      <Instant atMs={atMs} />
      {revision === undefined ? null : (
        <>
          , of <code className="font-mono [overflow-wrap:anywhere]">{revision}</code>
        </>
      )}
    </p>
  )
}

function Findings({ view, filter, ...props }: Shown & { readonly view: ScanView }): ReactNode {
  const { findings, moreFindings } = view.scan
  const { shown, guesses } = filterFindings(findings, filter)
  const left = [
    ...(guesses === 0 ? [] : [`${guesses} ${guesses === 1 ? 'guess' : 'guesses'} not shown`]),
    ...(moreFindings === 0 ? [] : [`${moreFindings} more were not published`]),
  ].join(', ')
  return (
    <section aria-label={`Findings in ${props.name}`}>
      {shown.length === 0 ? (
        <p className="px-4 py-3 text-muted">
          {filter.find === ''
            ? 'Nothing is wrong within this repository.'
            : 'No finding is like that.'}
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {shown.map((finding) => (
            <FindingRow key={finding.fingerprint} finding={finding} {...props} />
          ))}
        </ul>
      )}
      {left === '' ? null : (
        <p className="border-line border-t px-4 py-2 text-muted text-xs">{left}.</p>
      )}
    </section>
  )
}

function FindingRow(
  props: Omit<Shown, 'filter'> & { readonly finding: PublishedFinding },
): ReactNode {
  const { finding, name, conflicts, onOpen } = props
  const { severity, rule, sentence, remedy, places, morePlaces, first } = finding
  const elsewhere = contestsOf({ ...finding, scan: name }, conflicts)
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <SeverityPill severity={severity} />
        <code className="font-mono text-[0.78rem] text-muted">{rule}</code>
        <button
          type="button"
          onClick={() => onOpen(first)}
          className="ml-auto whitespace-nowrap text-accent text-xs hover:underline"
        >
          Who has {first} now
        </button>
      </div>
      <p className="break-words font-medium">{sentence}</p>
      <ul className="flex flex-col gap-1">
        {places.map(({ file, line, column, service, text }) => (
          <li
            key={`${file}:${line}:${column} ${service}`}
            className="flex flex-wrap items-baseline gap-x-3"
          >
            <code className="break-all font-mono text-[0.75rem]">
              {file}:{line}:{column}
            </code>
            <span>{service}</span>
            <code className="min-w-0 break-all font-mono text-[0.75rem] text-muted">{text}</code>
          </li>
        ))}
        {morePlaces === 0 ? null : (
          <li className="text-muted text-xs">and {morePlaces} more places</li>
        )}
      </ul>
      <Elsewhere name={name} conflicts={elsewhere} />
      <p className="break-words text-muted">{remedy}</p>
    </li>
  )
}

/** Who else claims the port, in other repositories. */
function Elsewhere(props: {
  readonly name: string
  readonly conflicts: readonly ScanConflict[]
}): ReactNode {
  const others = props.conflicts.flatMap(({ claims }) =>
    claims.filter(({ scan }) => scan !== props.name),
  )
  if (others.length === 0) return null
  const words = new Set(
    others.map(({ scan, service, file, line }) => `${scan} (${service}, ${file}:${line})`),
  )
  return <p className="break-words text-warn">Also claimed by {[...words].join(', ')}.</p>
}

function Claims({ view, filter, ...props }: Shown & { readonly view: ScanView }): ReactNode {
  const { claims, moreClaims } = view.scan
  const shown = filterClaims(claims, filter)
  if (shown.length === 0) return null
  return (
    <div className="border-line border-t">
      <h3 className="px-4 pt-3 font-semibold text-[0.8125rem]">
        Claimed ports <span className="numbers ml-1 font-normal text-muted">{shown.length}</span>
      </h3>
      <div className="overflow-x-auto">
        <table className="w-full text-left">
          <caption className="sr-only">Ports that {props.name} claims</caption>
          <thead className="text-muted text-xs">
            <tr className="border-line border-b [&>th]:px-2 [&>th]:py-1.5 [&>th]:font-normal [&>th]:first:pl-4 [&>th]:last:pr-4">
              <th>Port</th>
              <th>Service</th>
              <th className="hidden sm:table-cell">Environment</th>
              <th>Place</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((claim) => (
              <ClaimRow
                key={`${claim.file}:${claim.line}:${claim.column} ${claim.service} ${claim.first}`}
                claim={claim}
                {...props}
              />
            ))}
          </tbody>
        </table>
      </div>
      {moreClaims === 0 ? null : (
        <p className="px-4 py-2 text-muted text-xs">{moreClaims} more were not published.</p>
      )}
    </div>
  )
}

function ClaimRow(props: Omit<Shown, 'filter'> & { readonly claim: PublishedClaim }): ReactNode {
  const { claim, name, conflicts, onOpen } = props
  const contests = contestsOf({ ...claim, scan: name }, conflicts).length
  return (
    <tr className="border-line border-b align-top last:border-b-0 [&>td]:px-2 [&>td]:py-1.5 [&>td]:first:pl-4 [&>td]:last:pr-4">
      <td className="whitespace-nowrap">
        <button
          type="button"
          data-row=""
          aria-label={`Story of port ${claim.first}`}
          onClick={() => onOpen(claim.first)}
          className="numbers font-medium text-accent hover:underline"
        >
          {printPorts(claim)}
        </button>
        {contests === 0 ? null : <span className="block text-warn text-xs">contested</span>}
      </td>
      <td className="[overflow-wrap:anywhere]">
        {claim.service}
        <code className="block font-mono text-[0.75rem] text-muted">{claim.text}</code>
      </td>
      <td className="hidden sm:table-cell">{claim.environment ?? 'any'}</td>
      <td>
        <code className="break-all font-mono text-[0.75rem]">
          {claim.file}:{claim.line}
        </code>
      </td>
    </tr>
  )
}

/** Forgets a repository that is scanned no more; nothing where the reader may not. */
function Remove({ view: { summary } }: { readonly view: ScanView }): ReactNode {
  const { name, etag } = summary
  const [isOpen, setOpen] = useState(false)
  const { data: me } = useQuery(meQuery)
  const queries = useQueryClient()
  const removing = useMutation({
    mutationFn: () =>
      ask({ method: 'DELETE', path: `/v1/scans/${encodeURIComponent(name)}`, ifMatch: etag }),
    onSuccess: () => {
      setOpen(false)
      void queries.invalidateQueries({ queryKey: scansQuery.queryKey })
      void queries.invalidateQueries({ queryKey: scanConflictsQuery.queryKey })
    },
  })
  const mayIt = ['Scan', 'Environment'].some((kind) => mayOperate(me, { kind, name }))
  if (!mayIt) return null
  return (
    <>
      <Button weight="quiet" onClick={() => setOpen(true)}>
        Remove…
      </Button>
      {isOpen ? (
        <Dialog title={`Remove the scan of ${name}?`} onClose={() => setOpen(false)}>
          <p>
            Its findings go, and nothing is compared with what it claims any more. The next
            <code> --publish {name}</code> brings it back.
          </p>
          {removing.isError ? (
            <p role="alert" className="mt-3 text-bad">
              {removing.error.message}
            </p>
          ) : null}
          <div className="mt-4 flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button weight="danger" disabled={removing.isPending} onClick={() => removing.mutate()}>
              Remove it
            </Button>
          </div>
        </Dialog>
      ) : null}
    </>
  )
}
