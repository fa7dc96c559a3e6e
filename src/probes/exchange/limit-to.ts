/** Signals that also abort after a while, and hold no timer once they are released. */

/** A signal, and how to let go of its timer. */
export interface LimitedSignal {
  readonly signal: AbortSignal
  readonly release: () => void
}

/** Aborts with `signal`, or after so long; 0: only with the signal. */
export function limitTo(ms: number, signal: AbortSignal): LimitedSignal {
  if (ms === 0) return { signal, release: () => undefined }
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), ms)
  const release = (): void => clearTimeout(timer)
  return { signal: AbortSignal.any([signal, over.signal]), release }
}
