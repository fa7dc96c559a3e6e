/** The three ways of an answer: on its way, gone wrong, or there. */
import type { ReactNode } from 'react'
import { Trouble, Waiting } from './state-note.tsx'

/** An answer that was asked for, at once or stretch by stretch. */
export interface Asked<Data> {
  readonly data: Data | undefined
  readonly isError: boolean
  readonly error: Error | null
  refetch(): Promise<unknown>
}

/** Shows what was asked for once it is there; an answer that is there stays when asking again fails. */
export function Loaded<Data>(props: {
  readonly query: Asked<Data>
  readonly what: string
  readonly lines?: number
  readonly children: (data: Data) => ReactNode
}): ReactNode {
  const { query, what, lines = 3, children } = props
  if (query.data !== undefined) return children(query.data)
  if (query.isError) {
    return <Trouble error={query.error} what={what} onRetry={() => void query.refetch()} />
  }
  return <Waiting lines={lines} />
}
