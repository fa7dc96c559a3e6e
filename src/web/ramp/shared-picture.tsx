/** A component whose starts share a socket: who accepts on it, and that nothing stands before them. */
import type { ReactNode } from 'react'
import type { PortLease } from '../../core/port/port-lease.ts'
import { type Flow, FlowArrow } from './flow-arrow.tsx'
import { LeasedPort } from './leased-port.tsx'
import { PortLink } from './port-link.tsx'
import { SideCard } from './side-card.tsx'
import type { AtSocket, SharedTransition } from './transition.ts'

interface Props {
  readonly transition: SharedTransition
  readonly leases: readonly PortLease[]
  /** Whether the ramp has ended, so that leases are of later. */
  readonly isOver: boolean
}

const FLOWS: Readonly<Record<AtSocket, { readonly flow: Flow; readonly word: string }>> = {
  accepts: { flow: 'traffic', word: 'accepts' },
  unproved: { flow: 'finishing', word: 'may accept' },
  finishes: { flow: 'finishing', word: 'finishing' },
  away: { flow: 'nothing', word: 'nothing' },
}

/** Draws it. */
export function SharedPicture(props: Props): ReactNode {
  const { transition, leases, isOver } = props
  const { old, fresh, oldAt, freshAt, isOldKnown, service } = transition
  return (
    <div className="mx-auto flex w-full max-w-[44rem] flex-col">
      <SocketCard {...props} />
      <div className="grid grid-cols-2 gap-x-3 sm:gap-x-8">
        <FlowArrow {...FLOWS[oldAt]} />
        <FlowArrow {...FLOWS[freshAt]} />
        <SideCard
          title="Old"
          sides={old}
          isServing={oldAt === 'accepts'}
          none={isOldKnown ? 'Nobody else runs.' : 'Told once the new one is started.'}
          {...{ service, leases, isOver }}
        >
          <Note text={oldNote(transition)} />
        </SideCard>
        <SideCard
          title="New"
          sides={fresh}
          isServing={freshAt === 'accepts'}
          none="Not started yet."
          {...{ service, leases, isOver }}
        >
          <Note text={freshNote(transition)} />
        </SideCard>
      </div>
    </div>
  )
}

/** What stays the same: the socket, and the ports that it listens on. */
function SocketCard({ transition, leases, isOver }: Props): ReactNode {
  const { service, shared, host, ports } = transition
  return (
    <section
      aria-label="Socket"
      className="rounded-lg border border-firm bg-sunken px-4 py-2.5 text-center"
    >
      <h3 className="text-muted text-xs">
        {shared.length === 1 ? 'Socket' : 'Sockets'}, the same throughout; no front before it
      </h3>
      <p className="break-words font-medium">{service}</p>
      {shared.map((name) => {
        const lease = leases.find(({ owner }) => {
          return owner.service === service && owner.port === name && owner.instance === undefined
        })
        const port = ports[name]
        return (
          <p key={name} className="numbers flex flex-wrap items-center justify-center gap-x-2">
            {lease !== undefined && (port ?? lease.claim.port) === lease.claim.port ? (
              <LeasedPort lease={lease} host={host} isOver={isOver} />
            ) : (
              <>
                <span className="text-muted">{name}</span>
                {port === undefined ? (
                  <span className="text-muted">not told yet</span>
                ) : (
                  <PortLink port={port} host={host} />
                )}
              </>
            )}
          </p>
        )
      })}
    </section>
  )
}

function Note({ text }: { readonly text: string | undefined }): ReactNode {
  return text === undefined ? null : <p className="text-muted text-xs">{text}</p>
}

function oldNote(transition: SharedTransition): string | undefined {
  const { old, oldAt, end, steps, isUnclean, isUndone } = transition
  if (old.length === 0 || end === undefined) return undefined
  if (oldAt === 'away') {
    return isUnclean ? 'Killed: it did not end in its time.' : 'Asked to end, and has ended.'
  }
  if (oldAt === 'finishes') return 'Asked to end. Without a front nobody counts what is under way.'
  const stop = steps.find(({ key }) => key === 'stop')?.standing
  return isUndone || stop === 'failed' ? 'Not asked to end.' : 'Asked to end once all is proved.'
}

function freshNote({ freshAt, isKept, isUndone, fresh }: SharedTransition): string | undefined {
  const isBegun = fresh.some(({ instance }) => instance !== undefined)
  if (isKept) return 'It ran already, and goes on.'
  if (freshAt === 'unproved') return 'Not proved. Nothing keeps clients from it once it accepts.'
  if (freshAt === 'finishes') return 'Being taken back.'
  return isBegun && isUndone && freshAt === 'away' ? 'Taken back.' : undefined
}
