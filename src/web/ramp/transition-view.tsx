/** Components that change hands, each as one picture: who serves, where the front points, what is left. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import type { PortLease } from '../../core/port/port-lease.ts'
import { portsQuery } from '../api/queries.ts'
import { Panel } from '../part/panel.tsx'
import { Empty } from '../part/state-note.tsx'
import { Ago } from '../part/time.tsx'
import { Pill } from '../part/tone.tsx'
import { PortPill } from '../ports/port-mark.tsx'
import { leasesOfStart } from './start-leases.ts'
import { type StartSide, type Transition, transitionsOf } from './transition.ts'
import { TransitionSteps } from './transition-steps.tsx'
import type { Moment } from './use-ramp.ts'

/** Draws them. */
export function TransitionView(props: {
  readonly moment: Moment
  readonly onSelect: (stage: string) => void
}): ReactNode {
  const { state, latest, isNow } = props.moment
  const isLive = isNow && state.ended === undefined
  // What came after a ramp is no matter of it: who serves at its end may be gone by now.
  const isOver = state.ended !== undefined
  // Which port an old start has stands in no entry of this ramp; of a moment that is past nobody knows.
  const ports = useInfiniteQuery({ ...portsQuery, enabled: isNow })
  const leases = isNow ? (ports.data?.leases ?? []) : []
  const transitions = transitionsOf(state, latest)
  if (transitions.length === 0) {
    return (
      <div className="rounded-lg border border-line bg-panel">
        <Empty title="Nothing changes hands in this ramp.">
          A component with <code>roll</code> is replaced beside the one that serves.
        </Empty>
      </div>
    )
  }
  return (
    <div className="flex flex-col gap-5">
      {transitions.map((transition) => (
        <Panel
          key={transition.component}
          title={transition.component}
          aside={<Outcome transition={transition} isLive={isLive} />}
          isFlush
        >
          <div className="flex flex-col gap-5 p-4">
            <p role="status" className="font-medium text-[0.95rem]">
              {isOver ? <span className="text-muted">When this ramp ended: </span> : null}
              {transition.sentence}
            </p>
            <Picture transition={transition} leases={leases} isOver={isOver} />
          </div>
          <TransitionSteps
            transition={transition}
            moment={props.moment}
            isLive={isLive}
            isOver={isOver}
            onSelect={props.onSelect}
          />
        </Panel>
      ))}
    </div>
  )
}

function Outcome(props: { readonly transition: Transition; readonly isLive: boolean }): ReactNode {
  const { steps, isUnclean, isUndone, at } = props.transition
  if (steps.every(({ standing }) => standing === 'done')) {
    return <Pill tone={isUnclean ? 'held' : 'good'} word={isUnclean ? 'unclean' : 'clean'} />
  }
  if (isUndone) {
    const isOver = steps.every(({ standing }) => standing !== 'doing') && !props.isLive
    return <Pill tone={isOver ? 'bad' : 'undoing'} word={isOver ? 'taken back' : 'taking back'} />
  }
  if (at?.standing === 'failed') return <Pill tone="bad" word="failed" />
  return at === undefined || !props.isLive ? (
    <Pill tone="waiting" word="not done" />
  ) : (
    <Pill tone="moving" word="under way" />
  )
}

/** What goes from the front to one side. */
type Flow = 'traffic' | 'finishing' | 'nothing'

function Picture(props: {
  readonly transition: Transition
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
  return (
    <div className="mx-auto flex w-full max-w-[44rem] flex-col">
      <FrontCard transition={transition} />
      <div className="grid grid-cols-2 gap-x-3 sm:gap-x-8">
        <Arrow flow={sides.length === 0 ? 'nothing' : oldFlow} count={underWay?.count} />
        <Arrow flow={pointing === 'new' ? 'traffic' : 'nothing'} />
        <SideCard
          title={old.length === 0 && before.length > 0 ? 'Served before' : 'Old'}
          sides={sides}
          isServing={pointing === 'old'}
          none="Nobody served before."
          service={transition.front}
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
          service={transition.front}
          leases={leases}
          isOver={isOver}
        />
      </div>
    </div>
  )
}

function FrontCard({ transition }: { readonly transition: Transition }): ReactNode {
  const { front, host, ports } = transition
  const named = Object.entries(ports)
  return (
    <section
      aria-label="Front"
      className="rounded-lg border border-firm bg-sunken px-4 py-2.5 text-center"
    >
      <h3 className="text-muted text-xs">Front, the same throughout</h3>
      <p className="break-words font-medium">{front}</p>
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

const FLOWS: Readonly<Record<Flow, { readonly line: string; readonly text: string }>> = {
  traffic: { line: 'border-accent border-solid border-l-[3px]', text: 'text-accent font-medium' },
  finishing: { line: 'border-warn border-dashed border-l-2', text: 'text-warn' },
  nothing: { line: 'border-firm border-dotted border-l-2', text: 'text-muted' },
}

function Arrow({
  flow,
  count,
}: {
  readonly flow: Flow
  readonly count?: number | undefined
}): ReactNode {
  const { line, text } = FLOWS[flow]
  const word =
    flow === 'traffic' ? 'new traffic' : flow === 'finishing' ? `${count} finishing` : 'nothing'
  return (
    <div className="flex h-14 items-stretch justify-center">
      <span className="relative flex">
        <span aria-hidden="true" className={clsx('h-full', line)} />
        <span
          className={clsx(
            'absolute top-1/2 left-2.5 -translate-y-1/2 whitespace-nowrap text-xs',
            text,
          )}
        >
          {word}
        </span>
      </span>
    </div>
  )
}

function SideCard(props: {
  readonly title: string
  readonly sides: readonly StartSide[]
  readonly isServing: boolean
  readonly none: string
  readonly service: string
  readonly leases: readonly PortLease[]
  readonly isOver: boolean
  readonly children?: ReactNode
}): ReactNode {
  const { title, sides, isServing, none, service, leases, isOver } = props
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
            <StartPorts side={side} leases={leasesOfStart(leases, service, side)} isOver={isOver} />
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
  readonly isOver: boolean
}): ReactNode {
  const { side, leases, isOver } = props
  const pid =
    side.pid === undefined || isOver ? null : (
      <p className="text-muted text-xs">process {side.pid}</p>
    )
  if (leases.length > 0) {
    return (
      <>
        {leases.map(({ id, claim, owner, state, coolUntilMs }) => (
          <p key={id} className="numbers flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="text-muted">{owner.port}</span>
            <PortLink port={claim.port} />
            {isOver ? <span className="text-muted text-xs">now</span> : null}
            <PortPill state={state} />
            {coolUntilMs === undefined ? null : (
              <span className="text-muted text-xs">
                free <Ago atMs={coolUntilMs} />
              </span>
            )}
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
      {named.length === 0 ? (
        <p className="text-muted text-xs">its port is free, or not told</p>
      ) : null}
      {pid}
    </>
  )
}

/** How much is under way at the old one, by the word of what carries its traffic. */
function InFlight(props: { readonly transition: Transition; readonly isGone: boolean }): ReactNode {
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

function PortLink(props: { readonly port: number; readonly host?: string | undefined }): ReactNode {
  const { port, host } = props
  return (
    <Link
      to="/ports"
      search={{ port: String(port) }}
      title={host === undefined ? `Story of port ${port}` : `${host}:${port}; its story`}
      className="font-medium text-accent hover:underline"
    >
      {port}
    </Link>
  )
}
