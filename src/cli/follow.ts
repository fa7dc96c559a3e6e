/** Following a ramp: its live stream folded into states, for whoever shows them. */

import type { Entry } from '../core/entry/entry.ts'
import { present } from '../core/fault/assert.ts'
import type { Answer } from '../core/plan/verdict.ts'
import { fold } from '../core/ramp/fold.ts'
import type { RampState } from '../core/ramp/state.ts'
import { answerKey, type LatestAnswers } from '../core/telling/stage-rows.ts'
import type { RampartClient } from '../server/client/client.ts'

/** What is told of a ramp that is being followed. */
export interface FollowObserver {
  /** After each entry. */
  entry?(entry: Entry, state: RampState): void
  /** Whenever there is something new to show. */
  changed?(state: RampState, latest: LatestAnswers): void
}

/** What to follow, and until when. */
export interface FollowOptions {
  readonly client: RampartClient
  readonly ramp: string
  readonly observer: FollowObserver
  /** Stops following; the ramp goes on. */
  readonly signal?: AbortSignal
  /** Whether to go on when the ramp holds. @default false */
  readonly throughHolds?: boolean
}

/** Follows a ramp until it ends, holds, or the signal aborts; resolves with its last known state. */
export async function followRamp(options: FollowOptions): Promise<RampState> {
  const { client, ramp, observer, signal, throughHolds = false } = options
  const latest = new Map<string, Answer>()
  // The stream begins with what is past; a hold that is over by now is no reason to stop.
  const known = (await client.ramp(ramp)).state.sequence
  let state: RampState | undefined
  const stop = new AbortController()
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  for await (const event of client.stream(ramp, { signal: either })) {
    if (event.type === 'entry') {
      const { entry } = event.recorded
      state = present(fold([entry], state), 'an entry gives a state')
      if (entry.type === 'condition.answered') {
        latest.delete(answerKey(entry.stage, entry.condition))
      }
      observer.entry?.(entry, state)
    } else if (event.type === 'answer') {
      latest.set(answerKey(event.stage, event.condition), event.answer)
    }
    if (state === undefined) continue
    observer.changed?.(state, latest)
    const isHeld = state.held !== undefined && state.sequence >= known
    const isOver = state.ended !== undefined || (isHeld && !throughHolds)
    if (isOver) stop.abort()
    if (isOver || signal?.aborted === true) break
  }
  return state ?? (await client.ramp(ramp)).state
}
