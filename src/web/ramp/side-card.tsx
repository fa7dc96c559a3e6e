/** The starts of one side of a change, old or new, each with what it listens on. */
import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import type { PortLease } from '../../core/port/port-lease.ts'
import { LeasedPort } from './leased-port.tsx'
import { PortLink } from './port-link.tsx'
import { leasesOfStart } from './start-leases.ts'
import type { StartSide } from './transition.ts'

/** Draws it. */
export function SideCard(props: {
  readonly title: string
  readonly sides: readonly StartSide[]
  readonly isServing: boolean
  /** What is said where there are none, and of one of which no port is known. */
  readonly none: string
  readonly unlisted?: string
  readonly service: string
  readonly leases: readonly PortLease[]
  readonly isOver: boolean
  readonly children?: ReactNode
}): ReactNode {
  const { title, sides, isServing, none, unlisted, service, leases, isOver } = props
  const begun = sides.filter(({ instance }) => instance !== undefined)
  return (
    <section
      aria-label={title}
      className={clsx(
        'flex min-w-0 flex-col gap-2 rounded-lg border bg-panel px-3 py-2.5',
        isServing ? 'border-accent ring-1 ring-accent' : 'border-line',
      )}
    >
      <h3 className="flex flex-wrap items-center justify-between gap-x-2 text-muted text-xs">
        {title}
        {isServing ? (
          <span className="font-medium text-accent">{isOver ? 'served then' : 'serves'}</span>
        ) : null}
      </h3>
      {begun.length === 0 ? <p className="text-muted">{none}</p> : null}
      <ul className="flex flex-col gap-2.5 empty:hidden">
        {begun.map((side) => (
          <li key={side.instance} className="min-w-0">
            <p className="break-all font-medium">{side.instance}</p>
            <StartPorts
              side={side}
              leases={leasesOfStart(leases, service, side)}
              unlisted={unlisted}
              isOver={isOver}
            />
          </li>
        ))}
      </ul>
      {props.children}
    </section>
  )
}

/** Its ports with their states now; where nobody tells of the leases, as it was started with them. */
function StartPorts(props: {
  readonly side: StartSide
  readonly leases: readonly PortLease[]
  readonly unlisted: string | undefined
  readonly isOver: boolean
}): ReactNode {
  const { side, leases, unlisted, isOver } = props
  const pid =
    side.pid === undefined || isOver ? null : (
      <p className="text-muted text-xs">process {side.pid}</p>
    )
  if (leases.length > 0) {
    return (
      <>
        {leases.map((lease) => (
          <p key={lease.id} className="numbers flex flex-wrap items-center gap-x-2 gap-y-1">
            <LeasedPort lease={lease} isOver={isOver} />
          </p>
        ))}
        {pid}
      </>
    )
  }
  const named = Object.entries(side.ports)
  return (
    <>
      {named.map(([name, port]) => (
        <p key={name} className="numbers">
          <span className="text-muted">{name}</span> <PortLink port={port} />
        </p>
      ))}
      {named.length === 0 && unlisted !== undefined ? (
        <p className="text-muted text-xs">{unlisted}</p>
      ) : null}
      {pid}
    </>
  )
}
