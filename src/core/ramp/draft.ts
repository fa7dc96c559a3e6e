/**
 * A draft: the one mutable thing in the core. It holds a state being folded; parts that change are
 * replaced, never altered, so states handed out earlier stay as they were.
 */
import { assert, present } from '../fault/assert.ts'
import type { ConditionState, RampState, StageState, StageView } from './state.ts'
import { stageAt, stageNamed } from './state.ts'

/** A state under construction. */
export interface Draft {
  state: RampState
}

/** A draft that begins at a state and never changes it. */
export function draftOf(state: RampState): Draft {
  return { state }
}

/** Replaces fields of the ramp. */
export function patchRamp(draft: Draft, patch: Partial<RampState>): void {
  draft.state = { ...draft.state, ...patch }
}

/** Replaces fields of one stage. */
export function patchStage(draft: Draft, name: string, patch: Partial<StageState>): void {
  const { place, now } = viewOf(draft, name)
  const stages = draft.state.stages.slice()
  stages[place] = { ...now, ...patch }
  draft.state = { ...draft.state, stages }
}

/** Replaces fields of one condition of one stage. */
export function patchCondition(
  draft: Draft,
  at: { readonly stage: string; readonly condition: string },
  patch: (before: ConditionState) => ConditionState,
): void {
  const view = viewOf(draft, at.stage)
  const index = view.placed.findIndex((placed) => placed.condition.name === at.condition)
  assert(index >= 0, `condition ${at.condition} is declared in stage ${at.stage}`)
  const conditions = view.now.conditions.slice()
  conditions[index] = patch(present(conditions[index], 'every condition has a state'))
  patchStage(draft, at.stage, { conditions })
}

/** The stage of that name, which must exist. */
export function viewOf(draft: Draft, name: string): StageView {
  return present(stageNamed(draft.state, name), `stage ${name} is in the plan`)
}

/** Every stage, in the plan's order, as the draft stands when it is reached. */
export function* eachStage(draft: Draft): Generator<StageView> {
  for (let place = 0; place < draft.state.stages.length; place++) yield stageAt(draft.state, place)
}
