/**
 * Whether this page hears of everything as it happens. News only says when to ask again: what is shown is
 * always what the server answers. Where the server tells no news, pages ask every few seconds.
 */
import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { follow, type StreamStatus } from './follow.ts'

/** How long news is gathered before it is asked about, so that a storm of it costs little. @unit ms */
const GATHER_MS = 750

/** How often is asked without news, and with it as a safety net. @unit ms */
export const POLL_MS = 3_000
const SAFETY_POLL_MS = 30_000

/** `polling`: no news are told here, so everything is asked for again and again. */
export type Liveness = 'live' | 'polling' | 'lost' | 'connecting'

let liveness: Liveness = 'connecting'
const listeners = new Set<() => void>()

/** How this page stays up to date. */
export function useLiveness(): Liveness {
  return useSyncExternalStore(subscribe, () => liveness)
}

/** How often lists are asked for. @unit ms */
export function pollMs(): number {
  return liveness === 'live' ? SAFETY_POLL_MS : POLL_MS
}

/** Asks anew for whatever changes while it is shown. */
export function askLiveAgain(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({ predicate: ({ meta }) => meta?.['isLive'] === true })
}

/** Begins to follow the news. @returns stops */
export function followNews(queries: QueryClient): () => void {
  const following = new AbortController()
  let timer: number | undefined
  const askAgain = (): void => {
    if (timer !== undefined) return
    timer = window.setTimeout(() => {
      timer = undefined
      void askLiveAgain(queries)
    }, GATHER_MS)
  }
  void follow({
    path: '/v1/events',
    signal: following.signal,
    onEvent: askAgain,
    onStatus: (status) => {
      const next = livenessOf(status)
      if (next === liveness) return
      // What was missed while nobody told is asked for at once.
      if (next === 'live' && liveness === 'lost') askAgain()
      liveness = next
      for (const listener of listeners) listener()
    },
  })
  return () => following.abort()
}

function livenessOf(status: StreamStatus): Liveness {
  if (status === 'notOffered' || status === 'refused' || status === 'ended') return 'polling'
  return status
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
