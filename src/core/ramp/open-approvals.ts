/** Open approvals: what a ramp wants to be told by people right now, and which of their words count. */
import type { PlacedCondition } from '../plan/plan-index.ts'
import type { ApprovalQuestion } from '../plan/question.ts'
import { type Approval, type RampState, type StageView, stageAt } from './state.ts'

/** A question that waits for people. */
export interface OpenApproval {
  readonly stage: string
  readonly condition: string
  readonly question: ApprovalQuestion
  /** Words that count so far. */
  readonly words: readonly Approval[]
  readonly askedAtMs: number
  /** When it will be too late to answer; absent: never. */
  readonly expiresAtMs?: number
}

/** Every approval that is waited for, in the plan's order. */
export function openApprovals(state: RampState, nowMs: number): readonly OpenApproval[] {
  if (state.ended !== undefined || state.direction !== 'forward') return []
  return state.stages.flatMap((_, place) => approvalsAt(state, stageAt(state, place), nowMs))
}

/** The words that count for a condition, in the order in which they were said. */
export function approvalsOf(
  state: RampState,
  at: { readonly stage: string; readonly condition: string },
  { expiresMs }: ApprovalQuestion,
  nowMs: number,
): readonly Approval[] {
  return state.approvals.filter(
    ({ stage, condition, approves, atMs }) =>
      stage === at.stage &&
      condition === at.condition &&
      // A rejection has had its effect; only what was allowed may be too long ago to be meant still.
      (!approves || expiresMs === undefined || nowMs - atMs < expiresMs),
  )
}

function approvalsAt(state: RampState, view: StageView, nowMs: number): readonly OpenApproval[] {
  const role = roleAsked(view)
  return view.placed.flatMap((placed, index) => {
    const now = view.now.conditions[index]
    const { name: condition, question } = placed.condition
    if (question.ask !== 'approval' || placed.role !== role) return []
    if (now?.askedSinceMs === undefined) return []
    const stage = view.now.name
    const words = approvalsOf(state, { stage, condition }, question, nowMs)
    if (words.length >= question.count || words.some(({ approves }) => !approves)) return []
    const askedAtMs = now.askedSinceMs
    return [{ stage, condition, question, words, askedAtMs, ...expiryOf(view, placed, askedAtMs) }]
  })
}

function roleAsked({ now }: StageView): PlacedCondition['role'] | undefined {
  switch (now.phase) {
    case 'gated':
      return 'gate'
    case 'started':
    case 'provisional':
      return 'exit'
    default:
      return undefined
  }
}

function expiryOf(
  { now, stage }: StageView,
  { condition, role }: PlacedCondition,
  askedAtMs: number,
): { readonly expiresAtMs?: number } {
  const ends = [
    ...(condition.deadlineMs === undefined ? [] : [askedAtMs + condition.deadlineMs]),
    ...(role === 'gate' || now.enteredAtMs === undefined
      ? []
      : [now.enteredAtMs + stage.deadlineMs]),
  ]
  return ends.length === 0 ? {} : { expiresAtMs: Math.min(...ends) }
}
