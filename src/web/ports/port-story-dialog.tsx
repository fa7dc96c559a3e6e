/** All that can be told of one port number, leased or not: who has it and why, who listens, who had it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { PortLease } from '../../core/port/port-lease.ts'
import { printOwner } from '../../core/port/port-owner.ts'
import { printProcess } from '../../core/port/print-process.ts'
import type { PortStory } from '../../server/wire/ports.ts'
import { portStoryQuery } from '../api/queries.ts'
import { Dialog } from '../part/dialog.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Instant } from '../part/time.tsx'
import { FrontTag, PortPill } from './port-mark.tsx'

/** An instant as the server writes it in sentences. */
const INSTANT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/

/** How the server begins to tell of an earlier lease, which has a list of its own here. */
const EARLIER = 'Before, '

/** The dialog. */
export function PortStoryDialog(props: {
  readonly port: number
  readonly onClose: () => void
}): ReactNode {
  const { port, onClose } = props
  const query = useQuery(portStoryQuery(port))
  return (
    <Dialog title={`Port ${port}`} width="min(42rem, calc(100vw - 2rem))" onClose={onClose}>
      <Loaded query={query} what={`The story of port ${port}`} lines={4}>
        {(story) => <Story story={story} />}
      </Loaded>
    </Dialog>
  )
}

function Story({ story }: { readonly story: PortStory }): ReactNode {
  const { leases, sightings, past } = story
  // A thief is told of with its lease, and again with whoever else listens.
  const known = [...new Set(story.sentences)].filter((one) => !one.startsWith(EARLIER))
  return (
    <div className="flex flex-col gap-5">
      {leases.map((lease) => (
        <p key={lease.id} className="flex flex-wrap items-center gap-2">
          <PortPill state={lease.state} />
          <span className="font-medium">{printOwner(lease.owner)}</span>
          {lease.front === undefined ? null : <FrontTag front={lease.front} />}
          {lease.ramp === undefined ? null : <RampLink lease={lease} ramp={lease.ramp} />}
        </p>
      ))}
      <ul aria-label="What is known" className="flex flex-col gap-1.5">
        {known.map((sentence) => (
          <li key={sentence} className="break-words">
            <Sentence text={sentence} />
          </li>
        ))}
      </ul>
      <Part title="Who listens now">
        {sightings.length === 0 ? (
          <p className="text-muted">Nobody.</p>
        ) : (
          <ul aria-label="Who listens now" className="flex flex-col gap-1.5">
            {sightings.map((sighting) => (
              <li key={JSON.stringify(sighting)}>
                <Sighting sighting={sighting} />
              </li>
            ))}
          </ul>
        )}
      </Part>
      <Part title="Who had it before">
        {past.length === 0 ? (
          <p className="text-muted">Nobody, as far as the ledger goes back.</p>
        ) : (
          <ol aria-label="Who had it before" className="flex flex-col gap-2">
            {past.map(({ lease, freedAtMs, because }) => (
              <li key={lease.id}>
                <span className="font-medium">{printOwner(lease.owner)}</span>{' '}
                <span className="text-muted text-xs">
                  <Instant atMs={lease.grantedAtMs} /> to <Instant atMs={freedAtMs} />
                </span>
                <span className="block text-muted">{because}</span>
              </li>
            ))}
          </ol>
        )}
      </Part>
    </div>
  )
}

/** The ramp that asked for it: of what has a front, or ends for others to serve, its hand-over. */
function RampLink(props: { readonly lease: PortLease; readonly ramp: string }): ReactNode {
  const { lease, ramp } = props
  const isHandedOver = lease.front !== undefined || lease.parting !== undefined
  return (
    <Link
      to="/ramps/$ramp"
      params={{ ramp }}
      search={isHandedOver ? { view: 'hand-over' } : {}}
      className="ml-auto text-accent text-xs hover:underline"
    >
      {isHandedOver ? 'Its hand-over' : 'Its ramp'}
    </Link>
  )
}

function Part(props: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section>
      <h3 className="mb-1 font-semibold text-[0.8125rem]">{props.title}</h3>
      {props.children}
    </section>
  )
}

function Sighting({ sighting }: { readonly sighting: PortStory['sightings'][number] }): ReactNode {
  const { claim, process, command } = sighting
  const who = printProcess({ pid: process?.pid }, 'first')
  return (
    <>
      {who} on {claim.addresses.join(' and ')} ({claim.protocol})
      {command === undefined || command === '' ? null : (
        <code className="block break-all font-mono text-[0.75rem] text-muted">{command}</code>
      )}
    </>
  )
}

/** A sentence of the server, with its instants in the reader's zone. */
function Sentence({ text }: { readonly text: string }): ReactNode {
  return text.split(INSTANT).map((piece, place) => {
    const key = `${place} ${piece}`
    return INSTANT.test(piece) ? (
      <Instant key={key} atMs={Date.parse(piece)} />
    ) : (
      <span key={key}>{piece}</span>
    )
  })
}
