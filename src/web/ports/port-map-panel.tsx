/** The map: each range as a strip, and below it what each service has of it. */
import { clsx } from 'clsx'
import { type ReactNode, useState } from 'react'
import type { PortLease } from '../../core/port/port-lease.ts'
import { printOwner } from '../../core/port/port-owner.ts'
import { Button } from '../part/button.tsx'
import { Panel } from '../part/panel.tsx'
import {
  countStates,
  mapPorts,
  type RangeOnMap,
  type ServiceOnMap,
  STRIP_PLACES,
} from './port-map.ts'
import { barOf, FrontTag, meaningOf, PortMark } from './port-mark.tsx'

/** How many services of a range are drawn before somebody asks for more. */
const SERVICES_SHOWN = 12

/** How many ports of a service are drawn: whoever has more is looked at in the table. */
const PORTS_SHOWN = 24

/** Draws the map of some leases. */
export function PortMapPanel(props: {
  readonly leases: readonly PortLease[]
  readonly onOpen: (port: number) => void
}): ReactNode {
  const { leases, onOpen } = props
  return (
    <Panel title="Map" aside={<Legend leases={leases} />} isFlush>
      <ul aria-label="Ranges" className="divide-y divide-line">
        {mapPorts(leases).map((range) => (
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
      {range.bounds === undefined ? null : <Strip range={range} bounds={range.bounds} />}
      <ul className="grid gap-x-6 gap-y-3 lg:grid-cols-2 2xl:grid-cols-3">
        {shown.map((service) => (
          <ServiceRow key={service.service} service={service} onOpen={onOpen} />
        ))}
      </ul>
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

function sizeOf({ count, bounds, key }: RangeOnMap): string {
  const protocol = key.slice(key.lastIndexOf(' ') + 1)
  const leased = `${count} leased`
  if (bounds === undefined) return `${protocol}, ${leased}`
  const size = bounds.last - bounds.first + 1
  return `${protocol}, ${leased} of ${size.toLocaleString('en')}`
}

/** Where in the range something is leased; what the strip tells is told in words below it. */
function Strip(props: {
  readonly range: RangeOnMap
  readonly bounds: { readonly first: number; readonly last: number }
}): ReactNode {
  const { range, bounds } = props
  return (
    <div className="numbers flex items-center gap-2 text-muted text-xs">
      {bounds.first}
      <div aria-hidden="true" className="relative h-4 grow overflow-hidden rounded bg-sunken">
        {range.strip.map(({ place, state }) => (
          <span
            key={place}
            className={clsx('absolute inset-y-0 min-w-1 rounded-[1px]', barOf(state))}
            style={{
              left: `${(place * 100) / STRIP_PLACES}%`,
              width: `${100 / STRIP_PLACES}%`,
            }}
          />
        ))}
      </div>
      {bounds.last}
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
