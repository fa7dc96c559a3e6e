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
  /** Whether nobody else has seen the state and its list of stages, so that they may be altered. */
  readonly isOwn: boolean
}

/** A draft that begins at a state and never changes it; each step gives a state of its own. */
export function draftOf(state: RampState): Draft {
  return { state, isOwn: false }
}

/**
 * A draft for folding many entries, of which only the last state is wanted: the ramp and its list of
 * stages are copied once, here, instead of at every entry.
 */
export function ownDraftOf(state: RampState): Draft {
  return { state: { ...state, stages: state.stages.slice() }, isOwn: true }
}

/** Replaces fields of the ramp. */
export function patchRamp(draft: Draft, patch: Partial<RampState>): void {
  if (draft.isOwn) Object.assign(draft.state, patch)
  else draft.state = { ...draft.state, ...patch }
}

/** Replaces fields of one stage. */
export function patchStage(draft: Draft, name: string, patch: Partial<StageState>): void {
  const { place, now } = viewOf(draft, name)
  const stages = draft.isOwn ? (draft.state.stages as StageState[]) : draft.state.stages.slice()
  stages[place] = { ...now, ...patch }
  if (!draft.isOwn) draft.state = { ...draft.state, stages }
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
