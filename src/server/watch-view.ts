/** What an endless ramp knows of the promises that it watches. */
import type { Answer } from '../core/plan/verdict.ts'
import type { ConditionState, RampState, StageView } from '../core/ramp/state.ts'
import { stageAt } from '../core/ramp/state.ts'
import { summaryOf } from './ramp-summary.ts'
import type { BrokenPromise, WatchView } from './wire.ts'

/** Every promise that is not kept, stage by stage. */
export function watchViewOf(state: RampState): WatchView {
  const broken = state.stages.flatMap((_, place) => brokenIn(stageAt(state, place)))
  return { ramp: state.ramp, phase: summaryOf(state).phase, sinceMs: state.openedAtMs, broken }
}

function brokenIn({ now, placed, stage }: StageView): readonly BrokenPromise[] {
  if (!now.inEffect) return []
  return now.conditions.flatMap((condition, index) => {
    const name = placed[index]?.condition.name ?? ''
    const complaint = complaintOf(condition)
    if (complaint === undefined) return []
    const { sentence, reason } = complaint
    const { failingSinceMs: sinceMs, metAtMs } = condition
    const since = metAtMs === undefined || sinceMs === undefined ? {} : { sinceMs }
    const owner = placed[index]?.condition.owner ?? stage.owner
    const owned = owner === undefined ? {} : { owner }
    return [{ stage: now.name, condition: name, ...since, sentence, reason, ...owned }]
  })
}

/** What was answered last, when that is no pass; a question that was not answered yet is no complaint. */
function complaintOf({ lastAnswer }: ConditionState): Answer | undefined {
  return lastAnswer === undefined || lastAnswer.verdict === 'passed' ? undefined : lastAnswer
}
