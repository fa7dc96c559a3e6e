/** Pauses that end at once when nobody waits any more. */

/** Waits; says whether all of it went by. */
export function pauseUnlessAborted(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false)
    const settle = (isOver: boolean): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      resolve(isOver)
    }
    const abort = (): void => settle(false)
    const timer = setTimeout(() => settle(true), ms)
    signal.addEventListener('abort', abort, { once: true })
  })
}
