/** Needs: what a stage waits for, and whether that has come so far. */
import type { Until } from '../plan/plan.ts'
import { indexOfPlan } from '../plan/plan-index.ts'
import { type RampState, type StagePhase, type StageView, stageAt } from './state.ts'

/** One edge of a stage, as it stands. */
export interface NeedView {
  readonly on: StageView
  readonly until: Until
  readonly met: boolean
}

const FAR_ENOUGH: Readonly<Record<Until, readonly StagePhase[]>> = {
  started: ['started', 'provisional', 'ready', 'completed', 'left'],
  provisional: ['provisional', 'ready', 'completed', 'left'],
  ready: ['ready', 'completed', 'left'],
  completed: ['completed', 'left'],
}

/** Every edge of the stage at a place, those of its group included, in declared order. */
export function needsOfStage(state: RampState, place: number): readonly NeedView[] {
  return (indexOfPlan(state.plan).needs[place] ?? []).map((need) => {
    const on = stageAt(state, need.stage)
    return { on, until: need.until, met: FAR_ENOUGH[need.until].includes(on.now.phase) }
  })
}
