/** What a bench has started, ended again in the reverse order, whatever became of the measurement. */

/** Remembers what is to be done afterwards. */
export interface Cleanup {
  after(undo: () => unknown): void
}

/** Runs a measurement, and then undoes all that it has asked to be undone. */
export async function withCleanup<Value>(
  measure: (cleanup: Cleanup) => Promise<Value>,
): Promise<Value> {
  const undos: (() => unknown)[] = []
  try {
    return await measure({ after: (undo) => undos.push(undo) })
  } finally {
    for (const undo of undos.reverse()) await undo()
  }
}
