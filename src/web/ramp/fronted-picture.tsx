/** A component that changes hands behind a front: where that points, and what is left at the old one. */
import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import type { PortLease } from '../../core/port/port-lease.ts'
import { type Flow, FlowArrow } from './flow-arrow.tsx'
import { PortLink } from './port-link.tsx'
import { SideCard } from './side-card.tsx'
import type { FrontedTransition } from './transition.ts'

/** Draws it. */
export function FrontedPicture(props: {
  readonly transition: FrontedTransition
  readonly leases: readonly PortLease[]
  /** Whether the ramp has ended, so that leases are of later. */
  readonly isOver: boolean
}): ReactNode {
  const { transition, leases, isOver } = props
  const { old, before, fresh, pointing, underWay } = transition
  const sides = old.length === 0 ? before : old
  const isGone = transition.steps.find(({ key }) => key === 'stop')?.standing === 'done'
  const isFinishing = pointing === 'new' && !isGone && (underWay?.count ?? 0) > 0
  const oldFlow = pointing === 'old' ? 'traffic' : isFinishing ? 'finishing' : 'nothing'
  const newFlow = pointing === 'new' ? 'traffic' : 'nothing'
  const words: Readonly<Record<Flow, string>> = {
    traffic: 'new traffic',
    finishing: `${underWay?.count} finishing`,
    nothing: 'nothing',
  }
  return (
    <div className="mx-auto flex w-full max-w-[44rem] flex-col">
      <FrontCard transition={transition} />
      <div className="grid grid-cols-2 gap-x-3 sm:gap-x-8">
        <FlowArrow flow={oldFlow} word={words[oldFlow]} />
        <FlowArrow flow={newFlow} word={words[newFlow]} />
        <SideCard
          title={old.length === 0 && before.length > 0 ? 'Served before' : 'Old'}
          sides={sides}
          isServing={pointing === 'old'}
          none="Nobody served before."
          unlisted="its port is free, or not told"
          service={transition.service}
          leases={leases}
          isOver={isOver}
        >
          {sides.length === 0 ? null : <InFlight transition={transition} isGone={isGone} />}
        </SideCard>
        <SideCard
          title="New"
          sides={fresh}
          isServing={pointing === 'new'}
          none="Not started yet."
          unlisted="its port is free, or not told"
          service={transition.service}
          leases={leases}
          isOver={isOver}
        />
      </div>
    </div>
  )
}

function FrontCard({ transition }: { readonly transition: FrontedTransition }): ReactNode {
  const { service, host, ports } = transition
  const named = Object.entries(ports)
  return (
    <section
      aria-label="Front"
      className="rounded-lg border border-firm bg-sunken px-4 py-2.5 text-center"
    >
      <h3 className="text-muted text-xs">Front, the same throughout</h3>
      <p className="break-words font-medium">{service}</p>
      <p className="numbers flex flex-wrap justify-center gap-x-3">
        {named.length === 0 ? (
          <span className="text-muted">not open yet</span>
        ) : (
          named.map(([name, port]) => (
            <span key={name}>
              <span className="text-muted">{name}</span> <PortLink port={port} host={host} />
            </span>
          ))
        )}
      </p>
    </section>
  )
}

/** How much is under way at the old one, by the word of what carries its traffic. */
function InFlight(props: {
  readonly transition: FrontedTransition
  readonly isGone: boolean
}): ReactNode {
  const { underWay, pointing, isUnclean, old } = props.transition
  if (old.length === 0) return <p className="text-muted text-xs">It goes on as it is.</p>
  if (underWay === undefined) {
    const words =
      pointing === 'new' ? 'What is under way is asked once the rest is proved.' : undefined
    return words === undefined ? null : <p className="text-muted text-xs">{words}</p>
  }
  const { count, sentence } = underWay
  return (
    <div className="border-line border-t pt-2">
      <p className="flex items-baseline gap-2">
        <span
          className={clsx(
            'numbers font-semibold text-2xl leading-none',
            (count ?? 0) > 0 && (isUnclean ? 'text-bad' : 'text-warn'),
          )}
        >
          {count ?? '?'}
        </span>
        <span className="text-muted">{props.isGone ? 'under way at its end' : 'under way'}</span>
      </p>
      <p className="mt-1 break-words text-muted text-xs">{sentence}</p>
    </div>
  )
}
