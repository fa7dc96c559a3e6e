/** Subjects: what ramps move. */
import type { Plan } from '../core/plan/plan.ts'

/** What a ramp moves: only one ramp at a time may move it. */
export function subjectOf(plan: Plan): string {
  return `${plan.contract.kind.toLowerCase()}/${plan.contract.name}`
}
