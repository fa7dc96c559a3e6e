/** News: what one ramp may be told of another. */

import type { Plan } from '../core/plan/plan.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Digest } from '../core/units/digest.ts'
import { subjectOf } from './subject.ts'

/** How a subject stands by the latest ramp that moved it. */
export interface SubjectNews {
  readonly subject: string
  /** `moving`, `held`, `undoing`, or how the ramp ended and with what goal, as `reached up`. */
  readonly is: string
  readonly digest: Digest
}

/** What there is to tell of a ramp as it stands. */
export function newsOf(state: RampState): SubjectNews {
  const { plan, ended } = state
  const { digest } = plan.contract
  const subject = subjectOf(plan)
  if (ended !== undefined) return { subject, is: `${ended.outcome} ${plan.goal}`, digest }
  const onItsWay = state.direction === 'undoing' ? 'undoing' : 'moving'
  return { subject, is: state.held === undefined ? onItsWay : 'held', digest }
}

/** The subjects that conditions of a plan ask about. */
export function subjectsAskedIn(plan: Plan): ReadonlySet<string> {
  const asked = new Set<string>()
  for (const { gates, conditions, guards } of plan.stages) {
    for (const { question } of [...gates, ...conditions, ...guards]) {
      if (question.ask === 'ramp') asked.add(question.subject)
    }
  }
  return asked
}
