/** What follows when a stage fails before it is ready, or breaks a promise afterwards. */
import type { Cause } from '../entry/entry.ts'
import type { BreachPolicy } from '../plan/condition.ts'
import { indexOfPlan } from '../plan/plan-index.ts'
import type { Decider } from './decide.ts'
import { viewOf } from './draft.ts'
import type { StageView } from './state.ts'

/** Fails a stage that was being entered or proved, and follows its policy. */
export function decideFailure(decider: Decider, view: StageView, cause: Cause): void {
  const { name } = view.now
  decider.decide({ type: 'stage.failed', stage: name, cause })
  const { state } = decider.draft
  const mayRetry =
    view.now.retries < view.stage.retry.limit && state.retriesUsed < state.plan.retryBudget
  if (mayRetry) {
    stepBack(decider, name)
  } else if (view.stage.optional) {
    decider.decide({ type: 'stage.undoing', stage: name, next: 'leave' })
  } else {
    follow(decider, view, policyFor(view, cause), cause)
  }
}

/** The policy of the condition that caused it, else of its stage. */
export function policyFor(view: StageView, cause: Cause): BreachPolicy {
  const placed = view.placed.find((candidate) => candidate.condition.name === cause.condition)
  return placed?.condition.onBreach ?? view.stage.onBreach
}

/** Does what a policy says about a stage that failed or broke its promise. */
export function follow(
  decider: Decider,
  view: StageView,
  policy: BreachPolicy,
  cause: Cause,
): void {
  const { name } = view.now
  const { pivoted } = decider.draft.state
  switch (policy) {
    case 'ignore':
      if (viewOf(decider.draft, name).now.phase === 'failed') excuse(decider, view)
      return
    case 'stepBack':
      if (view.now.retries < view.stage.retry.limit) stepBack(decider, name)
      else hold(decider, cause)
      return
    case 'abort':
      decider.decide({ type: 'ramp.ended', outcome: 'abandoned', cause })
      return
    case 'undo':
      if (pivoted) hold(decider, cause)
      else decider.decide({ type: 'ramp.undoing', cause })
      return
    default:
      hold(decider, cause)
  }
}

function hold(decider: Decider, cause: Cause): void {
  if (decider.draft.state.held === undefined) decider.decide({ type: 'ramp.held', cause })
}

function excuse(decider: Decider, view: StageView): void {
  const { name } = view.now
  decider.decide({ type: 'stage.excused', stage: name })
  if (view.stage.finishes) decider.decide({ type: 'stage.completed', stage: name })
}

/** Takes a stage, and everything in effect that stands on it, back to be tried again. */
function stepBack(decider: Decider, name: string): void {
  const { state } = decider.draft
  const index = indexOfPlan(state.plan)
  const reached = new Set([index.placeOf.get(name)])
  for (const place of reached) {
    for (const dependent of index.dependents[place ?? -1] ?? []) reached.add(dependent)
  }
  for (const place of [...reached].sort((a, b) => (a ?? 0) - (b ?? 0))) {
    const now = state.stages[place ?? -1]
    if (now === undefined || now.phase === 'undoing') continue
    if (now.inEffect) {
      decider.decide({ type: 'stage.undoing', stage: now.name, next: 'retry' })
    } else if (now.phase === 'gated') {
      decider.decide({ type: 'stage.reset', stage: now.name, notBeforeMs: decider.nowMs })
    }
  }
}
