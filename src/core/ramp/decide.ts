/**
 * Deciding: everything that follows from a state, at an instant. Stages are looked at in declared
 * order, again and again, until nothing more follows; so ties are broken by the plan alone.
 */

import type { Entry } from '../entry/entry.ts'
import { assert } from '../fault/assert.ts'
import { applyEntry } from './apply.ts'
import { decideForward } from './decide-forward.ts'
import { decideUndo } from './decide-undo.ts'
import { decideWord } from './decide-word.ts'
import type { Decider } from './decider.ts'
import { draftOf, eachStage } from './draft.ts'
import { needsOfStage } from './needs.ts'
import { isSettled, type RampState, type StageView } from './state.ts'

/** All that follows from a state at `nowMs`, in order; and the state afterwards. */
export function decideAll(
  state: RampState,
  nowMs: number,
): { readonly entries: readonly Entry[]; readonly state: RampState } {
  const draft = draftOf(state)
  const entries: Entry[] = []
  // Each stage may use all its retries in one batch, a few decisions each.
  const bound = 1_000 + state.stages.length * 1_000
  const decider: Decider = {
    draft,
    nowMs,
    decide(decided) {
      const entry: Entry = { ...decided, atMs: nowMs }
      applyEntry(draft, entry)
      entries.push(entry)
      assert(entries.length <= bound, 'a batch of decisions comes to an end')
    },
  }
  let before = -1
  while (before !== entries.length && draft.state.ended === undefined) {
    before = entries.length
    decideOnce(decider)
  }
  return { entries, state: draft.state }
}

function decideOnce(decider: Decider): void {
  const { draft } = decider
  if (draft.state.unheeded !== undefined) decideWord(decider, draft.state.unheeded)
  if (draft.state.ended !== undefined) return
  decideUndo(decider)
  if (draft.state.direction === 'forward') decideForward(decider)
  if (draft.state.direction === 'forward') decideStandstill(decider)
  if (draft.state.ended === undefined) decideEnd(decider)
}

/**
 * Holds again once nothing moves but for what failed: of several, somebody had only some tried again.
 * Without that the ramp would stand still, and say of itself that it goes on.
 */
function decideStandstill(decider: Decider): void {
  const { state } = decider.draft
  if (state.held !== undefined || state.ended !== undefined) return
  const failed = state.stages.find(({ phase }) => phase === 'failed')
  if (failed === undefined) return
  for (const view of eachStage(decider.draft)) if (isMoving(state, view)) return
  const { name } = failed
  const cause = failed.cause ?? { reason: 'failed', sentence: `${name} failed.`, stage: name }
  decider.decide({ type: 'ramp.held', cause })
}

function isMoving(state: RampState, view: StageView): boolean {
  if (isSettled(view) || view.now.phase === 'failed') return false
  // What waits for a pause to be over goes on by itself; what waits for what failed does not.
  return view.now.phase !== 'waiting' || needsOfStage(state, view.place).every((need) => need.met)
}

function decideEnd(decider: Decider): void {
  const { draft } = decider
  if (draft.state.held !== undefined) return
  if (draft.state.direction === 'forward') {
    if (draft.state.plan.endless === true) return
    for (const view of eachStage(draft)) if (!isSettled(view)) return
    decider.decide({ type: 'ramp.ended', outcome: 'reached' })
    return
  }
  for (const { now } of eachStage(draft)) if (now.inEffect || now.inFlight !== undefined) return
  const cause = draft.state.undoCause
  decider.decide({
    type: 'ramp.ended',
    outcome: 'undone',
    ...(cause === undefined ? {} : { cause }),
  })
}
