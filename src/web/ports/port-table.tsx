/** Every lease in a row, by number. Long lists are drawn piece by piece. */
import { type ReactNode, useState } from 'react'
import type { PortLease } from '../../core/port/port-lease.ts'
import { Button } from '../part/button.tsx'
import { Panel } from '../part/panel.tsx'
import { Ago } from '../part/time.tsx'
import { FrontTag, PortPill } from './port-mark.tsx'

/** How many rows are drawn at once. */
const A_PIECE = 200

/** Draws the table. */
export function PortTable(props: {
  readonly leases: readonly PortLease[]
  readonly onOpen: (port: number) => void
}): ReactNode {
  const { leases, onOpen } = props
  const [rows, setRows] = useState(A_PIECE)
  const hidden = leases.length - rows
  return (
    <Panel title="Leases" count={leases.length} isFlush>
      <div className="overflow-x-auto">
        <table className="w-full text-left">
          <caption className="sr-only">Leases of ports</caption>
          <thead className="text-muted text-xs">
            <tr className="border-line border-b [&>th]:whitespace-nowrap [&>th]:px-2 sm:[&>th]:px-3 [&>th]:py-2 [&>th]:font-normal [&>th]:first:pl-4 [&>th]:last:pr-4">
              <th>Port</th>
              <th>State</th>
              <th>Service</th>
              <th className="hidden sm:table-cell">Port name</th>
              <th className="hidden md:table-cell">Start</th>
              <th className="hidden sm:table-cell">Process</th>
              <th className="text-right">Since</th>
            </tr>
          </thead>
          <tbody>
            {leases.slice(0, rows).map((lease) => (
              <LeaseRow key={lease.id} lease={lease} onOpen={onOpen} />
            ))}
          </tbody>
        </table>
      </div>
      {hidden > 0 ? (
        <div className="border-line border-t px-4 py-2">
          <Button weight="quiet" onClick={() => setRows(rows + A_PIECE)}>
            Show {Math.min(hidden, A_PIECE)} more of {hidden}
          </Button>
        </div>
      ) : null}
    </Panel>
  )
}

function LeaseRow(props: {
  readonly lease: PortLease
  readonly onOpen: (port: number) => void
}): ReactNode {
  const { claim, owner, state, front, process, shut } = props.lease
  return (
    <tr className="border-line border-b align-top last:border-b-0 hover:bg-sunken [&>td]:px-2 sm:[&>td]:px-3 [&>td]:py-2 [&>td]:first:pl-4 [&>td]:last:pr-4">
      <td className="whitespace-nowrap">
        <button
          type="button"
          data-row=""
          aria-label={`Story of port ${claim.port}`}
          onClick={() => props.onOpen(claim.port)}
          className="numbers font-medium text-accent hover:underline"
        >
          {claim.port}
        </button>
        {claim.protocol === 'udp' ? <span className="text-muted text-xs"> udp</span> : null}
        {front === undefined ? null : (
          <span className="block sm:ml-1 sm:inline">
            <FrontTag front={front} />
          </span>
        )}
      </td>
      <td>
        <PortPill state={state} />
        {shut === undefined ? null : <span className="block text-muted text-xs">shut</span>}
      </td>
      <td className="min-w-0">
        <span className="[overflow-wrap:anywhere]">{owner.service}</span>
        <span className="block text-muted text-xs sm:hidden">{owner.port}</span>
        <OtherWords lease={props.lease} />
      </td>
      <td className="hidden sm:table-cell">{owner.port}</td>
      <td className="numbers hidden md:table-cell">{owner.instance ?? <Nothing />}</td>
      <td className="numbers hidden sm:table-cell">
        {process?.pid ?? (props.lease.thief === undefined ? <Nothing /> : null)}
        <Thief lease={props.lease} />
      </td>
      <td className="whitespace-nowrap text-right">
        <Ago atMs={props.lease.changedAtMs} />
        <EndsAt lease={props.lease} />
      </td>
    </tr>
  )
}

/** What else tells an owner apart, such as a worktree. */
function OtherWords({ lease: { owner } }: { readonly lease: PortLease }): ReactNode {
  const { environment, tenant, scope } = owner
  const words = [
    ['environment', environment],
    ['tenant', tenant],
    ['scope', scope],
  ].filter(([, value]) => value !== undefined)
  if (words.length === 0) return null
  return (
    <span className="block break-words text-muted text-xs">
      {words.map(([word, value]) => `${word} ${value}`).join(', ')}
    </span>
  )
}

function Thief({ lease: { thief } }: { readonly lease: PortLease }): ReactNode {
  if (thief === undefined) return null
  const { pid, command } = thief
  const who = pid === undefined ? 'somebody' : String(pid)
  return (
    <span className="block max-w-56 truncate text-bad" title={command}>
      listens: {who}
      {command === undefined ? null : ` (${command})`}
    </span>
  )
}

/** Until when, where it ends by itself. */
function EndsAt({ lease }: { readonly lease: PortLease }): ReactNode {
  const { coolUntilMs, expiresAtMs } = lease
  const atMs = coolUntilMs ?? expiresAtMs
  if (atMs === undefined) return null
  return (
    <span className="block text-muted text-xs">
      {coolUntilMs === undefined ? 'ends' : 'free'} <Ago atMs={atMs} />
    </span>
  )
}

function Nothing(): ReactNode {
  return (
    <span className="text-muted">
      <span aria-hidden="true">–</span>
      <span className="sr-only">none</span>
    </span>
  )
}
