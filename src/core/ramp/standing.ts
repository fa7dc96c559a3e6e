/**
 * Standing: how a condition stands right now. Probes' answers are in the state; approvals, time and
 * other ramps' news are looked up here, so that every kind of question is judged alike afterwards.
 */
import { unreachable } from '../fault/assert.ts'
import type { PlacedCondition } from '../plan/plan-index.ts'
import type { ApprovalQuestion } from '../plan/question.ts'
import type { Answer } from '../plan/verdict.ts'
import { approvalsOf } from './open-approvals.ts'
import type { ConditionState, RampState, StageView } from './state.ts'

/** How a condition stands. */
export type Standing =
  | { readonly is: 'passing'; readonly sinceMs: number }
  /** `terminal`: asking again will not help. */
  | {
      readonly is: 'failing'
      readonly sinceMs: number
      readonly terminal: boolean
      readonly answer: Answer
    }
  | { readonly is: 'unknown' }

/** How a condition of a stage stands at `nowMs`. */
export function standingOf(
  state: RampState,
  view: StageView,
  index: number,
  nowMs: number,
): Standing {
  const placed = view.placed[index]
  const condition = view.now.conditions[index]
  if (placed === undefined || condition?.askedSinceMs === undefined) return { is: 'unknown' }
  const { question } = placed.condition
  switch (question.ask) {
    case 'probe':
      return probeStanding(condition)
    case 'elapsed':
      return fromInstant(condition.askedSinceMs + question.ms, nowMs)
    case 'instant':
      return fromInstant(question.atMs, nowMs)
    case 'approval':
      return approvalStanding(state, { view, placed, question, nowMs })
    case 'ramp':
      return newsStanding(state, question)
    default:
      return unreachable(question)
  }
}

/** From when on time alone would make the condition pass; absent: time alone will not. */
export function passesAtMs(placed: PlacedCondition, condition: ConditionState): number | undefined {
  const { question } = placed.condition
  if (condition.askedSinceMs === undefined) return undefined
  if (question.ask === 'elapsed') return condition.askedSinceMs + question.ms
  return question.ask === 'instant' ? question.atMs : undefined
}

function probeStanding(condition: ConditionState): Standing {
  if (condition.passingSinceMs !== undefined) {
    return { is: 'passing', sinceMs: condition.passingSinceMs }
  }
  const answer = condition.lastAnswer
  if (answer === undefined || answer.verdict === 'passed') return { is: 'unknown' }
  const terminal = answer.outlook === 'terminal'
  const isFailing = answer.verdict === 'failed' || terminal
  const sinceMs = condition.failingSinceMs ?? condition.lastAnsweredAtMs
  if (!isFailing || sinceMs === undefined) return { is: 'unknown' }
  return { is: 'failing', sinceMs, terminal, answer }
}

function fromInstant(atMs: number, nowMs: number): Standing {
  return nowMs >= atMs ? { is: 'passing', sinceMs: atMs } : { is: 'unknown' }
}

function approvalStanding(
  state: RampState,
  asked: {
    readonly view: StageView
    readonly placed: PlacedCondition
    readonly question: ApprovalQuestion
    readonly nowMs: number
  },
): Standing {
  const { view, placed, question, nowMs } = asked
  const at = { stage: view.now.name, condition: placed.condition.name }
  const words = approvalsOf(state, at, question, nowMs)
  const rejection = words.find((word) => !word.approves)
  if (rejection !== undefined) {
    const answer: Answer = {
      verdict: 'failed',
      outlook: 'terminal',
      reason: 'rejected',
      sentence: `${rejection.by} rejected it.`,
      evidence: { by: rejection.by },
    }
    return { is: 'failing', sinceMs: rejection.atMs, terminal: true, answer }
  }
  const last = words[question.count - 1]
  return last === undefined ? { is: 'unknown' } : { is: 'passing', sinceMs: last.atMs }
}

function newsStanding(
  state: RampState,
  question: { readonly subject: string; readonly is: string },
): Standing {
  const news = state.news[question.subject]
  if (news === undefined) return { is: 'unknown' }
  if (news.is === question.is) return { is: 'passing', sinceMs: news.atMs }
  const answer: Answer = {
    verdict: 'failed',
    outlook: 'notYet',
    reason: 'other-state',
    sentence: `${question.subject} is ${news.is}; ${question.is} is needed.`,
    evidence: { is: news.is },
  }
  return { is: 'failing', sinceMs: news.atMs, terminal: false, answer }
}
