/** Queues: time that a stage spent at its gates, and behind whom. */
import type { Question } from '../plan/question.ts'
import { type RampState, stageNamed } from '../ramp/state.ts'
import type { Evidence } from './finding.ts'
import type { WhyStage } from './question.ts'

/** Behind whom a stage waited at its gates, if that took at least `leastMs`. */
export function queueOf(
  state: RampState,
  stage: WhyStage,
  leastMs: number,
): Extract<Evidence, { of: 'queue' }> | undefined {
  const { gatesMs: waitedMs = 0 } = stage
  const view = stageNamed(state, stage.name)
  if (view === undefined || waitedMs <= 0 || waitedMs < leastMs) return undefined
  let last: { readonly behind: string; readonly metAtMs: number } | undefined
  for (const [index, { condition, role }] of view.placed.entries()) {
    if (role !== 'gate') continue
    // A gate that is not met yet is what it waits for now.
    const metAtMs = view.now.conditions[index]?.metAtMs ?? Number.POSITIVE_INFINITY
    if (last !== undefined && last.metAtMs >= metAtMs) continue
    last = { behind: behindOf(condition.name, condition.question), metAtMs }
  }
  return last === undefined ? undefined : { of: 'queue', behind: last.behind, waitedMs }
}

function behindOf(name: string, question: Question): string {
  switch (question.ask) {
    case 'ramp':
      return question.subject
    case 'approval':
      return `the approval ${name} of ${question.from.join(' or ')}`
    default:
      return `the gate ${name}`
  }
}
