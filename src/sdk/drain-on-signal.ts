/** Drains a server when the process is asked to end: what most services need, in one line. */
import type { Server } from 'node:net'
import { type DrainOptions, type DrainOutcome, drain } from './drain.ts'
import { watchConnections } from './watched-connections.ts'

/** How to end on a signal. */
export interface DrainOnSignalOptions extends DrainOptions {
  /** @default SIGTERM and SIGINT */
  readonly signals?: readonly NodeJS.Signals[]
  /** Is awaited after the last connection: the place to close databases and write the last words. */
  readonly afterDrain?: (outcome: DrainOutcome) => unknown
}

/**
 * From the first of the signals on, drains, and then ends the process with exit code 0. Of a second
 * one the process dies, as it would have of the first. Call it before the server listens.
 *
 * @returns takes the listeners away again
 * @example
 * drainOnSignal(server, { lingerMs: 5_000, afterDrain: () => database.end() })
 */
export function drainOnSignal(server: Server, options: DrainOnSignalOptions = {}): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], afterDrain } = options
  watchConnections(server)
  const forget = (): void => {
    for (const signal of signals) process.removeListener(signal, begin)
  }
  const begin = async (): Promise<void> => {
    forget()
    const outcome = await drain(server, options)
    await afterDrain?.(outcome)
    process.exit(0)
  }
  for (const signal of signals) process.once(signal, begin)
  return forget
}
