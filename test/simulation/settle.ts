/** Settling: running every promise on to where it waits for the clock. */

/**
 * Resolves once no promise can go on without a step of the clock. Everything simulated waits for
 * the clock alone, and Node runs every microtask before an immediate, so one turn is enough.
 */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
