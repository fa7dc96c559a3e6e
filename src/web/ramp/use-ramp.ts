/** A ramp with the moment that is looked at: now, or any entry before. */
import { useMemo, useRef, useSyncExternalStore } from 'react'
import type { Answer } from '../../core/plan/verdict.ts'
import type { RampState } from '../../core/ramp/state.ts'
import type { Recorded } from '../../server/wire.ts'
import { RampFeed, type RampPicture } from '../api/ramp-feed.ts'
import { useNowMs } from '../clock.ts'

/** A ramp at one moment. */
export interface Moment {
  readonly state: RampState
  /** When it is looked at. @unit ms */
  readonly nowMs: number
  /** Entries up to then. */
  readonly entries: readonly Recorded[]
  /** Entries there are in all. */
  readonly total: number
  readonly isNow: boolean
  /** Answers that were not worth an entry; none of a moment that is past. */
  readonly latest: ReadonlyMap<string, Answer>
}

/** Follows a ramp. */
export function useRamp(ramp: string): { readonly feed: RampFeed; readonly picture: RampPicture } {
  const kept = useRef<{ readonly ramp: string; readonly feed: RampFeed } | undefined>(undefined)
  if (kept.current?.ramp !== ramp) kept.current = { ramp, feed: new RampFeed(ramp) }
  const { feed } = kept.current
  const picture = useSyncExternalStore(feed.subscribe, feed.picture)
  return { feed, picture }
}

const NONE: ReadonlyMap<string, Answer> = new Map()

/** The moment looked at; undefined until the first entry has come. */
export function useMoment(
  feed: RampFeed,
  picture: RampPicture,
  at: number | undefined,
): Moment | undefined {
  const nowMs = useNowMs()
  const { entries, state, latest } = picture
  const total = entries.length
  const isNow = at === undefined || at >= total || at < 1
  const past = useMemo(
    () => (isNow ? undefined : { state: feed.stateAfter(at), entries: entries.slice(0, at) }),
    [feed, entries, isNow, at],
  )
  if (state === undefined) return undefined
  if (isNow) {
    const endMs = state.ended?.atMs ?? Math.max(nowMs, state.latestMs)
    return { state, nowMs: endMs, entries, total, isNow, latest }
  }
  if (past?.state === undefined) return undefined
  const { state: then } = past
  return { state: then, nowMs: then.latestMs, entries: past.entries, total, isNow, latest: NONE }
}
