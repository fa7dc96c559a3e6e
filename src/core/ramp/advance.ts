/**
 * The heart: a state, something heard, and an instant give entries and commands. Pure, synchronous,
 * no I/O; everything that Rampart ever does is decided here.
 */

import type { Entry, HeardEntry } from '../entry/entry.ts'
import { assert } from '../fault/assert.ts'
import type { Plan } from '../plan/plan.ts'
import { digestOf } from '../units/digest.ts'
import { applyEntry, openState } from './apply.ts'
import { type CommandToRun, commandsOf } from './commands.ts'
import { decideAll } from './decide.ts'
import { draftOf } from './draft.ts'
import { hear } from './hear.ts'
import type { Input } from './input.ts'
import type { RampState } from './state.ts'

/** What follows from an input: entries to append, the state they lead to, commands to run. */
export interface Advance {
  /** One batch: what was heard, then what was decided from it. Empty when nothing follows. */
  readonly entries: readonly Entry[]
  readonly state: RampState
  /** Commands issued in this batch; to be run only once the batch is recorded. */
  readonly commands: readonly CommandToRun[]
}

/** Numbered flags of the fold and of deciding, all that this version sets on a new ramp. */
const CORE_FLAGS: readonly number[] = []

/** Opens a ramp of a checked plan. */
export function openRamp(
  opening: { readonly ramp: string; readonly plan: Plan; readonly by: string },
  nowMs: number,
): Advance {
  const opened = {
    type: 'ramp.opened' as const,
    ...opening,
    planDigest: digestOf(opening.plan),
    flags: CORE_FLAGS,
    atMs: nowMs,
  }
  return follow(openState(opened), opened)
}

/**
 * Hears one input at an instant and decides all that follows.
 *
 * @param nowMs never before the last entry; a time before it is taken as that one's
 */
export function advance(state: RampState, input: Input, nowMs: number): Advance {
  const atMs = Math.max(nowMs, state.latestMs)
  const heard = hear(state, input, atMs)
  if (heard === undefined) return { entries: [], state, commands: [] }
  const entry: Entry = { ...heard, atMs }
  const draft = draftOf(state)
  applyEntry(draft, entry)
  const next = follow(draft.state, entry)
  // A tick that leads to nothing is not worth an entry.
  const isIdleTick = heard.type === 'clock.ticked' && next.entries.length === 1
  return isIdleTick ? { entries: [], state, commands: [] } : next
}

/** The batch that begins with an entry already applied. */
export function follow(state: RampState, heard: Entry & HeardEntry): Advance {
  const decided = decideAll(state, heard.atMs)
  assert(decided.state.unheeded === undefined, 'every word is decided upon')
  return {
    entries: [heard, ...decided.entries],
    state: decided.state,
    commands: commandsOf(decided.state, decided.entries),
  }
}
