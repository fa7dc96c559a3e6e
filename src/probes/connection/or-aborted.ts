/** Waiting that ends when an attempt does, for clients that know nothing of abort signals. */

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
