/** A port with how it is doing now. */
import type { ReactNode } from 'react'
import type { PortLease } from '../../core/port/port-lease.ts'
import { Ago } from '../part/time.tsx'
import { PortPill } from '../ports/port-mark.tsx'
import { PortLink } from './port-link.tsx'

/** Draws it. */
export function LeasedPort(props: {
  readonly lease: PortLease
  readonly host?: string | undefined
  /** Whether the ramp has ended, so that its state is of later. */
  readonly isOver: boolean
}): ReactNode {
  const { claim, owner, state, coolUntilMs } = props.lease
  return (
    <>
      <span className="text-muted">{owner.port}</span>
      <PortLink port={claim.port} host={props.host} />
      {props.isOver ? <span className="text-muted text-xs">now</span> : null}
      <PortPill state={state} />
      {coolUntilMs === undefined ? null : (
        <span className="text-muted text-xs">
          free <Ago atMs={coolUntilMs} />
        </span>
      )}
    </>
  )
}
