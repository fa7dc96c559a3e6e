/** Waiting on a clock, until the time has come or nobody waits any more. */
import type { Clock } from './clock.ts'

/** Resolves after so long, or at once when the signal aborts; it never throws. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve()
  return new Promise((resolve) => {
    const over = (): void => {
      timer.cancel()
      // Somebody may wait again and again for days: what is over must not stay with their signal.
      signal?.removeEventListener('abort', over)
      resolve()
    }
    const timer = clock.wakeAt(clock.nowMs() + ms, over)
    signal?.addEventListener('abort', over)
  })
}
