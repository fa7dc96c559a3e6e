/** Explaining: what a ramp and each of its stages is waiting for, with numbers, as data and sentences. */

import { ownedName, ownerOf } from '../plan/owner.ts'
import type { Until } from '../plan/plan.ts'
import type { Question } from '../plan/question.ts'
import type { Answer } from '../plan/verdict.ts'
import { endOf } from '../telling/end-of.ts'
import { describeDuration } from '../units/duration.ts'
import { needsOfStage } from './needs.ts'
import { standingOf } from './standing.ts'
import { type RampState, type StageView, stageAt, stageNamed } from './state.ts'

/** One thing a stage is waiting for. */
export type Wait =
  | { readonly on: 'need'; readonly stage: string; readonly until: Until }
  | { readonly on: 'command'; readonly sinceMs: number }
  | { readonly on: 'pause'; readonly untilMs: number }
  | { readonly on: 'hold' }
  | {
      readonly on: 'condition'
      readonly condition: string
      readonly question: Question
      readonly isGate: boolean
      readonly sinceMs: number
      /** When its deadline, or its stage's, ends. */
      readonly deadlineAtMs?: number
      readonly attempts: number
      readonly passes: number
      readonly consecutive: number
      readonly holdMs: number
      readonly lastAnswer?: Answer
    }

/** All that the stage at a place waits for; empty when it waits for nothing. */
export function waitsOf(state: RampState, place: number, nowMs: number): readonly Wait[] {
  const view = stageAt(state, place)
  const { now } = view
  if (state.ended !== undefined) return []
  switch (now.phase) {
    case 'waiting': {
      const needs = needsOfStage(state, place).filter((need) => !need.met)
      if (needs.length > 0) {
        return needs.map(({ on, until }) => ({ on: 'need', stage: on.now.name, until }))
      }
      if (state.held !== undefined) return [{ on: 'hold' }]
      return nowMs < now.notBeforeMs ? [{ on: 'pause', untilMs: now.notBeforeMs }] : []
    }
    case 'gated':
      return conditionWaits(state, view, 'gate', nowMs)
    case 'started':
    case 'provisional':
      return conditionWaits(state, view, 'exit', nowMs)
    case 'failed':
      return [{ on: 'hold' }]
    default:
      return now.inFlight === undefined ? [] : [{ on: 'command', sinceMs: now.inFlight.issuedAtMs }]
  }
}

function conditionWaits(
  state: RampState,
  view: StageView,
  role: 'gate' | 'exit',
  nowMs: number,
): readonly Wait[] {
  return view.placed.flatMap((placed, index) => {
    const now = view.now.conditions[index]
    if (placed.role !== role || now?.askedSinceMs === undefined || now.metAtMs !== undefined) {
      return []
    }
    const { name: condition, question, deadlineMs, consecutive, holdMs } = placed.condition
    const ends: number[] = deadlineMs === undefined ? [] : [now.askedSinceMs + deadlineMs]
    if (role === 'exit') ends.push((view.now.enteredAtMs ?? nowMs) + view.stage.deadlineMs)
    const standing = standingOf(state, view, index, nowMs)
    const lastAnswer = standing.is === 'failing' ? standing.answer : now.lastAnswer
    return [
      {
        on: 'condition',
        condition,
        question,
        isGate: role === 'gate',
        sinceMs: now.askedSinceMs,
        attempts: now.attempts,
        passes: now.passes,
        consecutive,
        holdMs,
        ...(ends.length === 0 ? {} : { deadlineAtMs: Math.min(...ends) }),
        ...(lastAnswer === undefined ? {} : { lastAnswer }),
      } as const,
    ]
  })
}

/** A wait in one sentence. */
export function describeWait(wait: Wait, nowMs: number): string {
  switch (wait.on) {
    case 'need':
      return `waits for ${wait.stage} to be ${wait.until}`
    case 'command':
      return `its command has been under way for ${describeDuration(nowMs - wait.sinceMs)}`
    case 'pause':
      return `is tried again in ${describeDuration(Math.max(0, wait.untilMs - nowMs))}`
    case 'hold':
      return 'waits for the ramp to be resumed'
    default:
      return describeConditionWait(wait, nowMs)
  }
}

function describeConditionWait(wait: Extract<Wait, { on: 'condition' }>, nowMs: number): string {
  const since = `for ${describeDuration(Math.max(0, nowMs - wait.sinceMs))}`
  const rest =
    wait.deadlineAtMs === undefined
      ? ''
      : `, ${describeDuration(Math.max(0, wait.deadlineAtMs - nowMs))} left`
  return `waits for ${wait.condition} ${since}${rest}: ${describeProgress(wait)}`
}

function describeProgress(wait: Extract<Wait, { on: 'condition' }>): string {
  const { question } = wait
  switch (question.ask) {
    case 'approval':
      return `${question.count} approval(s) of ${question.from.join(' or ')} needed`
    case 'elapsed':
      return `${describeDuration(question.ms)} must go by`
    case 'instant':
      return `not before ${question.atMs}`
    case 'ramp':
      return wait.lastAnswer?.sentence ?? `${question.subject} must be ${question.is}`
    default: {
      if (wait.lastAnswer === undefined) return 'not answered yet'
      if (wait.lastAnswer.verdict !== 'passed') return wait.lastAnswer.sentence
      const firm = wait.holdMs > 0 ? ` and hold for ${describeDuration(wait.holdMs)}` : ''
      return `passed ${wait.passes} of ${wait.consecutive} in a row${firm}`
    }
  }
}

/** A stage as it stands, in sentences, the most important first. Empty for an unknown stage. */
export function explainStage(state: RampState, name: string, nowMs: number): readonly string[] {
  const view = stageNamed(state, name)
  if (view === undefined) return []
  const { now } = view
  const owner = ownerOf(state.plan, { stage: name })
  const owned = owner === undefined ? '' : `, owned by ${owner}`
  const end = endOf(now)
  const ended = end === '' ? '' : `; ${end}`
  const lines = [`${name} is ${now.phase}${now.unclean ? ' (unclean)' : ''}${owned}${ended}.`]
  if (now.cause !== undefined) lines.push(now.cause.sentence)
  for (const wait of waitsOf(state, view.place, nowMs)) {
    lines.push(`${name} ${describeWait(wait, nowMs)}.`)
  }
  for (const [index, placed] of view.placed.entries()) {
    const answer = now.conditions[index]?.lastAnswer
    if (answer !== undefined && now.conditions[index]?.metAtMs !== undefined) {
      lines.push(`${placed.condition.name}: ${answer.sentence}`)
    }
  }
  return lines
}

/** A ramp as it stands, in sentences, the most important first. */
export function explainRamp(state: RampState, nowMs: number): readonly string[] {
  const lines = [headline(state)]
  const cause = state.ended?.cause ?? state.held ?? state.undoCause
  if (cause !== undefined) {
    const { stage = 'ramp' } = cause
    lines.push(`${ownedName(state.plan, { ...cause, stage })}: ${cause.sentence}`)
  }
  if (state.ended !== undefined) return lines
  for (const [place, now] of state.stages.entries()) {
    const waits = waitsOf(state, place, nowMs).filter((wait) => wait.on !== 'need')
    for (const wait of waits) lines.push(`${now.name} ${describeWait(wait, nowMs)}.`)
  }
  return lines
}

function headline(state: RampState): string {
  const { contract, goal } = state.plan
  const what = `${contract.kind.toLowerCase()} ${contract.name}, ${goal}`
  const tookMs = (state.ended?.atMs ?? state.latestMs) - state.openedAtMs
  if (state.ended !== undefined) {
    return `${what}: ${state.ended.outcome} after ${describeDuration(tookMs)}.`
  }
  if (state.held !== undefined) return `${what}: holds, and waits for a person.`
  if (state.direction === 'undoing') return `${what}: is being undone.`
  const ready = state.stages.filter(
    ({ phase }) => phase === 'ready' || phase === 'completed',
  ).length
  return `${what}: ${ready} of ${state.stages.length} stages ready.`
}
