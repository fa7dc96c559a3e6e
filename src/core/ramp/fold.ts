/** Folding: entries to state. The state of a ramp is this and nothing else. */

import type { Entry } from '../entry/entry.ts'
import { assert } from '../fault/assert.ts'
import { applyEntry, openState } from './apply.ts'
import { ownDraftOf } from './draft.ts'
import type { RampState } from './state.ts'

/** The version of the fold's result; a kept snapshot of another version is ignored. */
export const FOLD_VERSION = 1

/**
 * Folds entries, in order, onto a state, or from the beginning of a stream.
 *
 * @returns the state after the last entry; undefined for no entries onto nothing
 */
export function fold(entries: Iterable<Entry>, onto?: RampState): RampState | undefined {
  let draft = onto === undefined ? undefined : ownDraftOf(onto)
  for (const entry of entries) {
    if (draft !== undefined) {
      applyEntry(draft, entry)
      continue
    }
    assert(entry.type === 'ramp.opened', 'a stream begins with ramp.opened')
    draft = ownDraftOf(openState(entry))
  }
  return draft?.state
}
