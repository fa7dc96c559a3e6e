/** Where a list ends that goes on: says so, and reads on for whoever asks. */
import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'

/** What is told of a list that is read stretch by stretch. */
export interface Readable {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly isFetchNextPageError: boolean
  readonly error: Error | null
  fetchNextPage(): Promise<unknown>
}

/** Draws it; nothing where the whole list was read. */
export function ListEnd(props: {
  readonly query: Readable
  /** How many were read. */
  readonly count: number
  /** What they are, in the plural: `people`. */
  readonly what: string
  /** By itself rather than at the foot of a list. */
  readonly isAlone?: boolean
}): ReactNode {
  const { query, count, what, isAlone = false } = props
  if (!query.hasNextPage) return null
  return (
    <div
      className={clsx(
        'flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5',
        isAlone ? 'rounded-lg border border-line bg-panel' : 'border-line border-t',
      )}
    >
      <p role="status" className="text-muted">
        <span className="numbers">{count.toLocaleString('en')}</span> {what} were read, and there
        are more: what is shown and counted here is of these.
      </p>
      <Button
        disabled={query.isFetchingNextPage}
        aria-label={`Read more ${what}`}
        onClick={() => void query.fetchNextPage()}
      >
        {query.isFetchingNextPage ? 'Reading…' : 'Read on'}
      </Button>
      {query.isFetchNextPageError ? (
        <p role="alert" className="w-full text-bad">
          {query.error?.message}
        </p>
      ) : null}
    </div>
  )
}
