/** Retries: how often a stage was taken back and tried again, what that cost, and what it failed with. */
import type { Cause, Entry } from '../entry/entry.ts'

/**
 * How often a stage was tried again, and how long it took until its last try began.
 *
 * @param entries those of the stage
 */
export function retriesOf(entries: readonly Entry[]): {
  readonly retries: number
  readonly lostMs: number
} {
  const begun = new Map<number, number>()
  for (const entry of entries) {
    if (entry.type !== 'stage.gated' && entry.type !== 'stage.entered') continue
    if (begun.has(entry.incarnation)) continue
    begun.set(entry.incarnation, entry.atMs)
  }
  const [first, ...later] = [...begun.values()]
  const last = later.at(-1)
  const lostMs = first === undefined || last === undefined ? 0 : last - first
  return { retries: later.length, lostMs }
}

/** What a stage first failed with, or broke its promise by, by its entries; undefined: it never did. */
export function firstFailure(entries: readonly Entry[]): Cause | undefined {
  for (const entry of entries) {
    if (entry.type === 'stage.failed' || entry.type === 'stage.breached') return entry.cause
  }
  return undefined
}
