/** Whether what is shown is as it is: live, asked for again and again, or out of touch. */
import { useQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import { type Liveness, useLiveness } from '../api/liveness.ts'
import { daemonQuery } from '../api/queries.ts'
import { statusOf } from '../api/request-failure.ts'

const WORDS: Readonly<Record<Liveness, string>> = {
  live: 'Live',
  polling: 'Live, every 3 s',
  connecting: 'Connecting',
  lost: 'Reconnecting',
}

/** The state of the connection in a word. */
export function Connection(): ReactNode {
  const liveness = useLiveness()
  const daemon = useQuery(daemonQuery)
  const isLost = daemon.isError && statusOf(daemon.error) === 0
  const shown = isLost ? 'lost' : liveness
  const isGood = shown === 'live' || shown === 'polling'
  return (
    <span role="status" className="flex items-center gap-1.5 text-muted text-xs">
      <span
        aria-hidden="true"
        className={clsx('size-2', isGood ? 'rounded-full bg-good' : 'rotate-45 bg-warn')}
      />
      {WORDS[shown]}
      {daemon.data === undefined ? null : (
        <span className="numbers hidden sm:inline">· {daemon.data.version}</span>
      )}
    </span>
  )
}
