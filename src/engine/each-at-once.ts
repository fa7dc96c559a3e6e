/** Does the same for many, some of them at once: as fast as the store can, without flooding it. */

/** Calls for each value, so many at a time; rejects as soon as one call does. */
export async function eachAtOnce<Value>(
  values: readonly Value[],
  most: number,
  call: (value: Value) => Promise<void>,
): Promise<void> {
  const left = values.values()
  const work = async (): Promise<void> => {
    for (const value of left) await call(value)
  }
  await Promise.all(Array.from({ length: Math.min(most, values.length) }, work))
}
