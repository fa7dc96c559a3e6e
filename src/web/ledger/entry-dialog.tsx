/** One entry, whole, as it stands in the ledger. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Recorded } from '../../server/wire.ts'
import { ledgerQuery } from '../api/queries.ts'
import { Dialog } from '../part/dialog.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Empty } from '../part/state-note.tsx'
import { exactUtc, Instant } from '../part/time.tsx'

/** The dialog. */
export function EntryDialog(props: {
  readonly position: number
  readonly onClose: () => void
}): ReactNode {
  const { position, onClose } = props
  const query = useQuery(ledgerQuery(Math.max(0, position - 1), 1))
  return (
    <Dialog title={`Entry ${position}`} width="min(46rem, calc(100vw - 2rem))" onClose={onClose}>
      <Loaded query={query} what="The entry" lines={4}>
        {({ entries }) => {
          const found = entries.find((one) => one.position === position)
          return found === undefined ? (
            <Empty title={`There is no entry ${position}.`} />
          ) : (
            <EntryFacts recorded={found} />
          )
        }}
      </Loaded>
    </Dialog>
  )
}

function EntryFacts({ recorded }: { readonly recorded: Recorded }): ReactNode {
  const { stream, sequence, hash, entry } = recorded
  const isRamp = !/^(contract|ports):/.test(stream) && stream !== 'access'
  return (
    <div className="flex flex-col gap-3">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <dt className="text-muted">Type</dt>
        <dd className="font-mono text-[0.78rem]">{entry.type}</dd>
        <dt className="text-muted">Stream</dt>
        <dd>
          {isRamp ? (
            <Link
              to="/ramps/$ramp"
              params={{ ramp: stream }}
              search={{ at: String(sequence) }}
              className="text-accent underline"
            >
              {stream}
            </Link>
          ) : (
            stream
          )}
          , number {sequence}
        </dd>
        <dt className="text-muted">Written</dt>
        <dd>
          <Instant atMs={entry.atMs} /> <span className="text-muted">({exactUtc(entry.atMs)})</span>
        </dd>
        <dt className="text-muted">Hash</dt>
        <dd className="break-all font-mono text-[0.78rem]">{hash}</dd>
      </dl>
      <section
        aria-label="The entry as JSON"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is scrolled with keys.
        tabIndex={0}
        className="max-h-[50vh] overflow-auto rounded-md bg-sunken p-3 font-mono text-[0.75rem] leading-5 whitespace-pre"
      >
        {JSON.stringify(entry, null, 2)}
      </section>
    </div>
  )
}
