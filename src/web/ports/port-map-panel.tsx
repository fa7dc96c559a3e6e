/** The map: each range as a strip, and below it what each service has of it. */
import { clsx } from 'clsx'
import { type ReactNode, useState } from 'react'
import { printFor } from '../../core/port/match-range.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import { printOwner } from '../../core/port/port-owner.ts'
import type { ListedRange } from '../../core/port/range-list.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { Button } from '../part/button.tsx'
import { Panel } from '../part/panel.tsx'
import {
  countStates,
  mapPorts,
  type RangeOnMap,
  type ServiceOnMap,
  type Strip,
} from './port-map.ts'
import { barOf, FrontTag, meaningOf, PortMark } from './port-mark.tsx'

/** How many services of a range are drawn before somebody asks for more. */
const SERVICES_SHOWN = 12

/** How many fixed ports of a range are told of. */
const FIXED_SHOWN = 12

/** How wide a port is drawn at most, so that a short range is not as long as a great one. */
const PORT_WIDTH_PX = 24

/** How many ports of a service are drawn: whoever has more is looked at in the table. */
const PORTS_SHOWN = 24

/** Draws the map of some leases in their ranges. */
export function PortMapPanel(props: {
  readonly leases: readonly PortLease[]
  readonly ranges: readonly ListedRange[]
  /** Whether ranges are drawn of which nothing is leased. */
  readonly withEmpty: boolean
  readonly onOpen: (port: number) => void
}): ReactNode {
  const { leases, ranges, withEmpty, onOpen } = props
  return (
    <Panel title="Map" aside={<Legend leases={leases} />} isFlush>
      <ul aria-label="Ranges" className="divide-y divide-line">
        {mapPorts({ leases, ranges, withEmpty }).map((range) => (
          <RangeRow key={range.key} range={range} onOpen={onOpen} />
        ))}
      </ul>
    </Panel>
  )
}

function Legend({ leases }: { readonly leases: readonly PortLease[] }): ReactNode {
  return (
    <ul aria-label="States" className="flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
      {countStates(leases).map(({ state, count }) => (
        <li key={state} title={meaningOf(state)} className="flex items-center gap-1.5">
          <PortMark state={state} />
          <span className="numbers">
            {count} {state}
          </span>
        </li>
      ))}
    </ul>
  )
}

function RangeRow(props: {
  readonly range: RangeOnMap
  readonly onOpen: (port: number) => void
}): ReactNode {
  const { range, onOpen } = props
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? range.services : range.services.slice(0, SERVICES_SHOWN)
  const hidden = range.services.length - shown.length
  return (
    <li className="flex flex-col gap-3 px-4 py-3.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="font-medium">{titleOf(range)}</h3>
        <p className="numbers text-muted text-xs">{sizeOf(range)}</p>
      </div>
      {range.listed?.contract === undefined ? null : <Rules listed={range.listed} />}
      {range.strip === undefined ? null : <StripBar strip={range.strip} />}
      {shown.length === 0 ? null : (
        <ul className="grid gap-x-6 gap-y-3 lg:grid-cols-2 2xl:grid-cols-3">
          {shown.map((service) => (
            <ServiceRow key={service.service} service={service} onOpen={onOpen} />
          ))}
        </ul>
      )}
      {hidden === 0 ? null : (
        <Button weight="quiet" className="self-start" onClick={() => setWhole(true)}>
          {hidden === 1 ? 'Show one more service' : `Show ${hidden} more services`}
        </Button>
      )}
    </li>
  )
}

function titleOf({ name, contract }: RangeOnMap): string {
  if (contract !== undefined) return `${name} of ${contract}`
  if (name === 'built-in') return 'Built-in range'
  return name === 'by-number' ? 'Asked for by number' : name
}

function sizeOf({ count, strip, protocol }: RangeOnMap): string {
  const leased = `${count} leased`
  if (strip === undefined) return `${protocol}, ${leased}`
  const size = strip.last - strip.first + 1
  return `${protocol}, ${leased} of ${size.toLocaleString('en')}`
}

/** Who may have ports of it, and which are fixed. */
function Rules({ listed }: { readonly listed: ListedRange }): ReactNode {
  const { rules, standing } = listed
  const fixed = Object.entries(rules.fixed)
  const most = [
    ...(rules.perTenant === undefined ? [] : [`${rules.perTenant} a tenant`]),
    ...(rules.perService === undefined ? [] : [`${rules.perService} a service`]),
  ]
  const words = [
    `For ${printFor(rules)}`,
    ...(rules.claim === undefined ? [] : [`claimed by ${rules.claim.join(', ')} alone`]),
    ...(most.length === 0 ? [] : [`at most ${most.join(', ')}`]),
    `cools for ${describeDuration(rules.coolingMs)}`,
  ]
  return (
    <div className="-mt-1.5 text-muted text-xs">
      {standing === 'in-force' ? null : (
        <p className="text-warn">
          An earlier revision: nothing more is granted of it, and it ends with its last lease.
        </p>
      )}
      <p className="break-words">{words.join(' · ')}</p>
      {fixed.length === 0 ? null : (
        <p className="break-words">
          Fixed:{' '}
          {fixed
            .toSorted(([, one], [, other]) => one - other)
            .slice(0, FIXED_SHOWN)
            .map(([of, port]) => `${port} for ${of}`)
            .join(', ')}
          {fixed.length > FIXED_SHOWN ? `, and ${fixed.length - FIXED_SHOWN} more` : null}
        </p>
      )}
    </div>
  )
}

/** Where in the range something is leased; what the strip tells is told in words beside it. */
function StripBar({ strip }: { readonly strip: Strip }): ReactNode {
  const { first, last, places, taken } = strip
  const isEach = places === last - first + 1
  return (
    <div className="numbers flex items-center gap-2 text-muted text-xs">
      {first}
      <div
        aria-hidden="true"
        className="relative h-4 grow overflow-hidden rounded bg-sunken ring-1 ring-line ring-inset"
        style={{ maxWidth: `${places * PORT_WIDTH_PX}px` }}
      >
        {taken.map(({ place, state }) => (
          <span
            key={place}
            className={clsx(
              'absolute inset-y-0 min-w-1 rounded-[1px]',
              state === undefined ? 'border border-firm' : barOf(state),
              // Ports side by side are told apart where each has a place of its own.
              isEach && state !== undefined && 'border-panel border-x',
            )}
            style={{ left: `${(place * 100) / places}%`, width: `${100 / places}%` }}
          />
        ))}
      </div>
      {last === first ? null : last}
    </div>
  )
}

function ServiceRow(props: {
  readonly service: ServiceOnMap
  readonly onOpen: (port: number) => void
}): ReactNode {
  const { service, leases } = props.service
  const hidden = leases.length - PORTS_SHOWN
  return (
    <li className="min-w-0">
      <p className="truncate text-muted text-xs" title={service}>
        {service}
      </p>
      <ul aria-label={`Ports of ${service}`} className="mt-1 flex flex-wrap gap-1.5">
        {leases.slice(0, PORTS_SHOWN).map((lease) => (
          <li key={lease.id}>
            <PortChip lease={lease} onOpen={props.onOpen} />
          </li>
        ))}
        {hidden > 0 ? (
          <li className="self-center text-muted text-xs">and {hidden} more, in the table below</li>
        ) : null}
      </ul>
    </li>
  )
}

function PortChip(props: {
  readonly lease: PortLease
  readonly onOpen: (port: number) => void
}): ReactNode {
  const { claim, owner, state, front } = props.lease
  return (
    <button
      type="button"
      aria-label={`${claim.port}, ${printOwner(owner)}, ${state}${front === undefined ? '' : ', front'}`}
      title={`${printOwner(owner)}: ${meaningOf(state)}`}
      onClick={() => props.onOpen(claim.port)}
      className="flex h-7 items-center gap-1.5 rounded-md border border-line bg-panel px-2 text-xs hover:border-firm hover:bg-sunken"
    >
      <PortMark state={state} />
      <span className="numbers font-medium">{claim.port}</span>
      <span className="max-w-28 truncate text-muted">{owner.port}</span>
      <span>{state}</span>
      {front === undefined ? null : <FrontTag front={front} />}
    </button>
  )
}
