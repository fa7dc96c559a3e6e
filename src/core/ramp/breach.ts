/** Breaches: a condition that was met and no longer holds, or a guard that fails. */
import type { Cause } from '../entry/entry.ts'
import type { PlacedCondition } from '../plan/plan-index.ts'
import { indexOfPlan } from '../plan/plan-index.ts'
import type { Decider } from './decider.ts'
import { viewOf } from './draft.ts'
import { follow, policyFor } from './failure.ts'
import { standingOf } from './standing.ts'
import type { ConditionState, RampState, StageView } from './state.ts'

/** Deals with every promise of a stage that is broken by now; whether there was one. */
export function decideBreaches(decider: Decider, view: StageView): boolean {
  let found = false
  for (let index = 0; index < view.placed.length; index++) {
    const { state } = decider.draft
    if (state.ended !== undefined || state.direction !== 'forward') break
    const cause = breachOf(state, viewOf(decider.draft, view.now.name), index, decider.nowMs)
    if (cause === undefined) continue
    found = true
    const policy = policyFor(view, cause)
    const condition = cause.condition ?? ''
    decider.decide({ type: 'stage.breached', stage: view.now.name, condition, policy, cause })
    follow(decider, view, policy, cause)
  }
  return found
}

/** The breach of one condition, if it is broken and has not been dealt with. */
function breachOf(
  state: RampState,
  view: StageView,
  index: number,
  nowMs: number,
): Cause | undefined {
  const placed = view.placed[index]
  const condition = view.now.conditions[index]
  if (placed === undefined || condition === undefined || condition.breached) return undefined
  if (!isPromise(state, view, placed, condition)) return undefined
  const standing = standingOf(state, view, index, nowMs)
  if (standing.is !== 'failing') return undefined
  const { tolerance, question } = placed.condition
  const failures = question.ask === 'probe' ? condition.failures : tolerance.failures + 1
  const isTolerated =
    !standing.terminal &&
    (failures <= tolerance.failures || nowMs - standing.sinceMs < tolerance.ms)
  if (isTolerated) return undefined
  return {
    reason: standing.answer.reason,
    sentence: `${placed.condition.name} no longer holds: ${standing.answer.sentence}`,
    stage: view.now.name,
    condition: placed.condition.name,
    answer: standing.answer,
  }
}

/** Whether others may rely on the condition, so that its failing breaks a promise. */
function isPromise(
  state: RampState,
  view: StageView,
  placed: PlacedCondition,
  condition: ConditionState,
): boolean {
  if (placed.role === 'gate') return false
  if (!isWatched(state, view.place, placed)) return false
  if (placed.role === 'guard' || condition.metAtMs !== undefined) return true
  // Not firm yet, but somebody was let in on its first pass.
  return view.now.phase === 'provisional' && isReliedOn(state, view.place)
}

function isReliedOn(state: RampState, place: number): boolean {
  const { dependents, needs } = indexOfPlan(state.plan)
  return (dependents[place] ?? []).some(
    (dependent) =>
      state.stages[dependent]?.inEffect === true &&
      (needs[dependent] ?? []).some((need) => need.stage === place && need.until === 'provisional'),
  )
}

/** Whether a condition that was met goes on being asked. */
export function isWatched(state: RampState, place: number, placed: PlacedCondition): boolean {
  switch (placed.condition.watch) {
    case 'none':
      return placed.role === 'guard'
    case 'ramp':
      return true
    default: {
      const dependents = indexOfPlan(state.plan).dependents[place] ?? []
      return !dependents.some((dependent) => {
        const phase = state.stages[dependent]?.phase
        return phase === 'ready' || phase === 'completed'
      })
    }
  }
}
