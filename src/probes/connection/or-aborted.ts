/** Waiting that ends when an attempt does, for clients that know nothing of abort signals. */

/** How long what must be taken back may take once the attempt is over. @unit ms */
const GRACE_MS = 250

/** Rejects with this, whose code connection failures know. */
class Aborted extends Error {
  readonly code = 'ABORTED'
}

/** What a promise gives, unless the signal aborts before; what comes later is dropped. */
export async function orAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
): Promise<Value> {
  promise.catch(() => 'What comes after the abort is of no interest.')
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(new Aborted('the attempt was aborted'))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/**
 * What a promise gives, waiting a little longer than the attempt lasts: for taking back what was sent.
 * Undefined when it fails, or does not come even then.
 */
export async function orTooLate<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
): Promise<Value | undefined> {
  const late = Promise.withResolvers<undefined>()
  let timer: NodeJS.Timeout | undefined
  const abort = (): void => {
    timer = setTimeout(() => late.resolve(undefined), GRACE_MS)
  }
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  const value = await Promise.race([promise.catch(() => undefined), late.promise])
  signal.removeEventListener('abort', abort)
  clearTimeout(timer)
  return value
}
