/**
 * Replay: proof that a ledger's decisions follow from what was heard. Every batch is decided again,
 * by this version of the core, and must come out as it was recorded.
 */

import type { Entry } from '../entry/entry.ts'
import { printCanonicalJson } from '../units/json.ts'
import { applyEntry, isHeard, openState } from './apply.ts'
import { decideAll } from './decide.ts'
import { draftOf } from './draft.ts'
import type { RampState } from './state.ts'

/** Whether a stream agrees with what is decided from it today. */
export type Replay =
  | { readonly agrees: true; readonly batches: number }
  | {
      readonly agrees: false
      /** The first entry, from 1, that does not follow from those before it. */
      readonly sequence: number
      /** What follows instead; undefined: nothing does. */
      readonly expected: Entry | undefined
      /** What is recorded; undefined: the stream ends there. */
      readonly found: Entry | undefined
    }

/** Decides every batch of a stream anew, from its first entry on. */
export function replay(entries: readonly Entry[]): Replay {
  let state: RampState | undefined
  let batches = 0
  let place = 0
  while (place < entries.length) {
    const heard = entries[place]
    const heardState = heard === undefined ? undefined : stateAfterHearing(state, heard)
    if (heard === undefined || heardState === undefined) {
      return { agrees: false, sequence: place + 1, expected: undefined, found: heard }
    }
    const decided = decideAll(heardState, heard.atMs)
    for (const [offset, expected] of decided.entries.entries()) {
      const found = entries[place + 1 + offset]
      if (!isSame(expected, found)) {
        return { agrees: false, sequence: place + 2 + offset, expected, found }
      }
    }
    state = decided.state
    place += 1 + decided.entries.length
    batches += 1
  }
  return { agrees: true, batches }
}

/** The state once an entry was heard; undefined when nothing of the kind can have been heard there. */
function stateAfterHearing(state: RampState | undefined, entry: Entry): RampState | undefined {
  if (state === undefined) return entry.type === 'ramp.opened' ? openState(entry) : undefined
  const isHearable = isHeard(entry) && entry.type !== 'ramp.opened' && state.ended === undefined
  if (!isHearable || entry.atMs < state.latestMs || !isAwaited(state, entry)) return undefined
  const draft = draftOf(state)
  applyEntry(draft, entry)
  return draft.state
}

/** Whether the ramp has what the entry is about, so that it can be folded. */
function isAwaited(state: RampState, entry: Entry): boolean {
  if (entry.type === 'command.answered') {
    return state.stages.some((stage) => stage.inFlight?.id === entry.command)
  }
  if (entry.type !== 'condition.answered') return true
  const stage = state.plan.stages.find((candidate) => candidate.name === entry.stage)
  const conditions = stage && [...stage.gates, ...stage.conditions, ...stage.guards]
  return conditions?.some((condition) => condition.name === entry.condition) ?? false
}

function isSame(expected: Entry, found: Entry | undefined): boolean {
  return found !== undefined && printCanonicalJson(expected) === printCanonicalJson(found)
}
