/** What follows when a stage fails before it is ready, or breaks a promise afterwards. */
import type { Cause } from '../entry/entry.ts'
import { present } from '../fault/assert.ts'
import type { BreachPolicy } from '../plan/condition.ts'
import { indexOfPlan } from '../plan/plan-index.ts'
import type { Decider } from './decider.ts'
import { viewOf } from './draft.ts'
import type { StageState, StageView } from './state.ts'

/** Fails a stage that was being entered or proved, and follows its policy. */
export function decideFailure(decider: Decider, view: StageView, cause: Cause): void {
  const { name } = view.now
  decider.decide({ type: 'stage.failed', stage: name, cause })
  const { state } = decider.draft
  const mayRetry =
    view.now.retries < view.stage.retry.limit && state.retriesUsed < state.plan.retryBudget
  if (mayRetry) {
    takeBack(decider, name, 'retry')
  } else if (view.stage.optional) {
    takeBack(decider, name, 'leave')
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
      if (view.now.retries < view.stage.retry.limit) takeBack(decider, name, 'retry')
      else hold(decider, cause)
      return
    case 'abort':
      decider.decide({ type: 'ramp.ended', outcome: 'abandoned', cause })
      return
    case 'undoGroup':
      if (!pivoted) takeBackGroup(decider, view.stage.group)
      hold(decider, cause)
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

/**
 * Takes a stage back to be tried again or left out, and with it everything in effect that stands on
 * it, which is tried again in either case.
 */
export function takeBack(decider: Decider, name: string, next: 'retry' | 'leave'): void {
  const { plan } = decider.draft.state
  const place = present(indexOfPlan(plan).placeOf.get(name), 'the stage is in the plan')
  takeBackFrom(decider, [place], next === 'leave' ? name : undefined)
}

/** Takes back a group as one, and everything in effect that stands on it. */
function takeBackGroup(decider: Decider, group: string | undefined): void {
  const { stages } = decider.draft.state.plan
  const places = stages.flatMap((stage, place) => (stage.group === group ? [place] : []))
  takeBackFrom(decider, places)
}

/** Takes back stages and all that stands on them, to be tried again, but for one that is left out. */
function takeBackFrom(decider: Decider, places: readonly number[], left?: string): void {
  const { state } = decider.draft
  const index = indexOfPlan(state.plan)
  const reached = new Set(places)
  for (const place of reached) {
    for (const dependent of index.dependents[place] ?? []) reached.add(dependent)
  }
  for (const place of [...reached].sort((a, b) => a - b)) {
    const now = present(state.stages[place], 'every stage has a state')
    if (now.phase === 'undoing') continue
    if (now.name === left) {
      decider.decide({ type: 'stage.undoing', stage: now.name, next: 'leave' })
    } else if (now.inEffect) {
      decider.decide({ type: 'stage.undoing', stage: now.name, next: 'retry' })
    } else if (now.phase === 'gated' || now.phase === 'failed') {
      // It was never entered, so there is nothing to take back.
      decider.decide({ type: 'stage.reset', stage: now.name, notBeforeMs: againAtMs(decider, now) })
    }
  }
}

/** From when on a stage that was taken back may be entered again. */
export function againAtMs(decider: Decider, now: StageState): number {
  if (now.cause === undefined) return decider.nowMs
  const { retry } = viewOf(decider.draft, now.name).stage
  return decider.nowMs + retry.backoffMs * 2 ** Math.min(now.retries, 16)
}
