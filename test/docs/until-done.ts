/** Waits for a server that takes its time to start: tries something until it works. */
import { until } from '../support/until.ts'

const START_MS = 40_000

/** Tries until it works. Whatever goes wrong before the deadline is the server not being there yet. */
export async function untilDone(sentence: string, act: () => Promise<unknown>): Promise<void> {
  const isDone = (): Promise<boolean> =>
    act().then(
      () => true,
      () => false,
    )
  await until(sentence, isDone, START_MS)
}
