/** Snapshots: a fold kept now and then, so that taking up a long ramp does not read all of it. */

import type { Entry } from '../core/entry/entry.ts'
import { FOLD_VERSION, fold } from '../core/ramp/fold.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Ledger } from '../seams/ledger.ts'

/** A snapshot is kept about every so many entries of a stream. */
const SNAPSHOT_EVERY = 500

/** Reads the state of a ramp from its latest snapshot and what came after; undefined when unknown. */
export async function loadState(ledger: Ledger, ramp: string): Promise<RampState | undefined> {
  const kept = await ledger.loadSnapshot(ramp)
  const isUsable = kept !== undefined && kept.foldVersion === FOLD_VERSION
  const onto = isUsable ? (JSON.parse(kept.state) as RampState) : undefined
  const entries: Entry[] = []
  for await (const recorded of ledger.read(ramp, isUsable ? kept.sequence : 0)) {
    entries.push(recorded.entry)
  }
  return fold(entries, onto)
}

/** Keeps a snapshot when the last append of `added` entries went past a multiple of the interval. */
export function keepSnapshot(ledger: Ledger, state: RampState, added: number): void {
  const before = Math.floor((state.sequence - added) / SNAPSHOT_EVERY)
  if (Math.floor(state.sequence / SNAPSHOT_EVERY) === before) return
  const { ramp: stream, sequence } = state
  const snapshot = { stream, sequence, foldVersion: FOLD_VERSION, state: JSON.stringify(state) }
  // A snapshot only saves time: without it the whole stream is folded, so a failure changes nothing.
  ledger.saveSnapshot(snapshot).catch(() => undefined)
}
