/** Open questions: what a ramp wants to be told by probes right now. The engine asks just these. */
import type { Condition } from '../plan/condition.ts'
import type { Role } from '../plan/plan-index.ts'
import type { ProbeQuestion } from '../plan/question.ts'
import { isWatched } from './breach.ts'
import {
  type ConditionState,
  type RampState,
  type StageView,
  stageAt,
  stageNamed,
} from './state.ts'

/** A question for a probe. */
export interface OpenQuestion {
  readonly stage: string
  readonly condition: Condition
  readonly role: Role
  readonly question: ProbeQuestion
  readonly incarnation: number
  readonly now: ConditionState
  /** Met already, and asked slowly from now on. */
  readonly isWatching: boolean
}

/** Every open question, in the plan's order. */
export function openQuestions(state: RampState): readonly OpenQuestion[] {
  if (state.ended !== undefined || state.direction !== 'forward') return []
  return state.stages.flatMap((_, place) => questionsOf(state, stageAt(state, place)))
}

/** The open question of that stage and condition, if it is open. */
export function questionAt(
  state: RampState,
  stage: string,
  condition: string,
): OpenQuestion | undefined {
  if (state.ended !== undefined || state.direction !== 'forward') return undefined
  const view = stageNamed(state, stage)
  if (view === undefined) return undefined
  return questionsOf(state, view).find((open) => open.condition.name === condition)
}

function questionsOf(state: RampState, view: StageView): readonly OpenQuestion[] {
  const roles = rolesAsked(view)
  if (roles.length === 0) return []
  return view.placed.flatMap((placed, index) => {
    const { condition, role } = placed
    const now = view.now.conditions[index]
    if (!roles.includes(role) || now === undefined || condition.question.ask !== 'probe') return []
    const isMet = now.metAtMs !== undefined
    if (role !== 'gate' && isMet && !isWatched(state, view.place, placed)) return []
    if (role === 'guard' && !isWatched(state, view.place, placed)) return []
    const { name: stage, incarnation } = view.now
    const isWatching = isMet || role === 'guard'
    return [{ stage, condition, role, question: condition.question, incarnation, now, isWatching }]
  })
}

function rolesAsked(view: StageView): readonly Role[] {
  switch (view.now.phase) {
    case 'gated':
      return ['gate']
    case 'started':
    case 'provisional':
      return ['exit', 'guard']
    case 'ready':
    case 'completed':
      return view.now.unclean ? [] : ['exit', 'guard']
    default:
      return []
  }
}
