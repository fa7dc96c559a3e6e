/** What a ramp broke by, if it did: the cause it ended, holds or is being undone for, and since when. */
import type { Cause, Entry } from '../entry/entry.ts'
import type { RampState } from '../ramp/state.ts'

/** The cause that a ramp broke by; undefined when it did not. */
export function brokenStage(state: RampState): Cause | undefined {
  if (state.ended?.outcome === 'reached') return undefined
  return state.undoCause ?? state.ended?.cause ?? state.held
}

/** Up to when a ramp went forward, by the ledger's clock. */
export function forwardUntilMs(state: RampState, entries: readonly Entry[], nowMs: number): number {
  const stopped = entries.find((entry) => entry.type === 'ramp.undoing')?.atMs
  return stopped ?? state.ended?.atMs ?? Math.max(state.latestMs, nowMs)
}

/** Whether a cause is somebody's word. */
export function isWord(cause: Cause): boolean {
  return cause.stage === undefined && (cause.reason === 'aborted' || cause.reason === 'held')
}
