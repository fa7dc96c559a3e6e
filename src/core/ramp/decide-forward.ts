/** Deciding while a ramp goes forward: entering stages on proof, and what follows when one fails. */
import type { Cause } from '../entry/entry.ts'
import type { PlacedCondition } from '../plan/plan-index.ts'
import { describeDuration } from '../units/duration.ts'
import { decideBreaches } from './breach.ts'
import { issue } from './decide-undo.ts'
import type { Decider } from './decider.ts'
import { eachStage, viewOf } from './draft.ts'
import { decideFailure } from './failure.ts'
import { needsOfStage } from './needs.ts'
import { standingOf } from './standing.ts'
import type { ConditionState, StageView } from './state.ts'

/**
 * Takes every step forward that the state allows, stage by stage in declared order. What is in effect
 * comes first, so that nothing is entered on a promise that is broken in the same instant.
 */
export function decideForward(decider: Decider): void {
  const { draft } = decider
  for (const isEntering of [false, true]) {
    for (const { now } of eachStage(draft)) {
      if (draft.state.ended !== undefined || draft.state.direction !== 'forward') return
      const isOutside = now.phase === 'waiting' || now.phase === 'gated'
      if (isOutside === isEntering) decideStage(decider, now.name)
    }
  }
}

function decideStage(decider: Decider, name: string): void {
  const { draft } = decider
  const view = viewOf(draft, name)
  const mayEnter = draft.state.held === undefined
  switch (view.now.phase) {
    case 'waiting':
      if (mayEnter && decider.nowMs >= view.now.notBeforeMs && needsMet(decider, view)) {
        decideNeedsMet(decider, view)
      }
      return
    case 'gated':
      if (mayEnter) decideGated(decider, view)
      return
    case 'entered':
      return decideEntered(decider, view)
    case 'started':
    case 'provisional':
      return decideProving(decider, view)
    case 'ready':
    case 'completed':
      if (!view.now.unclean) decideBreaches(decider, view)
      return
    default:
      return
  }
}

function needsMet(decider: Decider, view: StageView): boolean {
  return needsOfStage(decider.draft.state, view.place).every((need) => need.met)
}

function decideNeedsMet(decider: Decider, view: StageView): void {
  const { name, incarnation } = view.now
  if (view.stage.gates.length === 0) return enter(decider, view, incarnation + 1)
  decider.decide({ type: 'stage.gated', stage: name, incarnation: incarnation + 1 })
  decideGated(decider, viewOf(decider.draft, name))
}

function decideGated(decider: Decider, view: StageView): void {
  if (!needsMet(decider, view)) return
  if (decideProofFailure(decider, view, 'gate')) return
  if (decideMet(decider, view, 'gate')) enter(decider, view, view.now.incarnation)
}

function enter(decider: Decider, view: StageView, incarnation: number): void {
  const { name } = view.now
  decider.decide({ type: 'stage.entered', stage: name, incarnation })
  if (view.stage.command === undefined) decider.decide({ type: 'stage.started', stage: name })
  else issue(decider, name, 'do')
}

function decideEntered(decider: Decider, view: StageView): void {
  const { now } = view
  if (now.commandFailure !== undefined) return decideFailure(decider, view, now.commandFailure)
  if (now.inFlight === undefined) {
    decider.decide({ type: 'stage.started', stage: now.name })
    decideProving(decider, viewOf(decider.draft, now.name))
    return
  }
  const late = lateCause(decider, view)
  if (late !== undefined) decideFailure(decider, view, late)
}

function decideProving(decider: Decider, view: StageView): void {
  const { name } = view.now
  if (decideProofFailure(decider, view, 'exit')) return
  if (decideBreaches(decider, view)) return
  const allMet = decideMet(decider, view, 'exit')
  const { now } = viewOf(decider.draft, name)
  if (now.phase === 'started' && hasPassedOnce(decider, view)) {
    decider.decide({ type: 'stage.provisional', stage: name })
  }
  if (!allMet) return
  decider.decide({ type: 'stage.ready', stage: name })
  if (view.stage.finishes) decider.decide({ type: 'stage.completed', stage: name })
}

function hasPassedOnce(decider: Decider, view: StageView): boolean {
  return view.placed.every((placed, index) => {
    if (placed.role !== 'exit') return true
    const { state } = decider.draft
    const isPassing = standingOf(state, view, index, decider.nowMs).is === 'passing'
    return isPassing || view.now.conditions[index]?.metAtMs !== undefined
  })
}

/** Marks the conditions of a role that are met by now; whether all of them are. */
function decideMet(decider: Decider, view: StageView, role: 'gate' | 'exit'): boolean {
  const { name, incarnation } = view.now
  let allMet = true
  view.placed.forEach((placed, index) => {
    if (placed.role !== role) return
    const condition = view.now.conditions[index]
    const standing = standingOf(decider.draft.state, view, index, decider.nowMs)
    const isMet = condition?.metAtMs !== undefined
    if (isMet && role === 'exit') {
      // Met before, but a stage is not ready while what was met is failing or unknown by now.
      if (standing.is !== 'passing' && !isLetPass(view, placed, condition)) allMet = false
      return
    }
    const { consecutive, holdMs, question } = placed.condition
    const isFirm =
      standing.is === 'passing' &&
      (question.ask !== 'probe' || (condition?.passes ?? 0) >= consecutive) &&
      heldForMs(condition?.lastAnsweredAtMs, standing.sinceMs, decider.nowMs, question.ask) >=
        holdMs
    if (!isFirm) {
      allMet = false
      return
    }
    // A gate is held against the world until the very instant of entering, so it may be met already.
    if (isMet) return
    const met = { stage: name, condition: placed.condition.name, incarnation }
    decider.decide({ type: 'condition.met', ...met })
  })
  return allMet
}

/** Whether a condition's failing has been dealt with by letting it pass. */
function isLetPass(view: StageView, placed: PlacedCondition, condition: ConditionState): boolean {
  return condition.breached && (placed.condition.onBreach ?? view.stage.onBreach) === 'ignore'
}

/**
 * How long a condition has been passing. For a probe only up to its last answer, since a probe that
 * has gone silent proves nothing; for the others, which cannot go silent, up to now.
 */
function heldForMs(
  lastAnsweredAtMs: number | undefined,
  sinceMs: number,
  nowMs: number,
  ask: string,
): number {
  return (ask === 'probe' ? (lastAnsweredAtMs ?? sinceMs) : nowMs) - sinceMs
}

/** Fails the stage for a terminal answer or a missed deadline; whether it did. */
function decideProofFailure(decider: Decider, view: StageView, role: 'gate' | 'exit'): boolean {
  for (let index = 0; index < view.placed.length; index++) {
    const placed = view.placed[index]
    const now = view.now.conditions[index]
    if (placed === undefined || now === undefined || placed.role !== role) continue
    const standing = standingOf(decider.draft.state, view, index, decider.nowMs)
    // A gate that was met and is not any more is waited for again, and as long.
    if (now.metAtMs !== undefined && (role === 'exit' || standing.is === 'passing')) continue
    const at = { stage: view.now.name, condition: placed.condition.name }
    if (standing.is === 'failing' && standing.terminal) {
      const { answer } = standing
      return fail(decider, view, {
        ...at,
        reason: answer.reason,
        sentence: answer.sentence,
        answer,
      })
    }
    const { deadlineMs } = placed.condition
    const waitedMs = decider.nowMs - (now.askedSinceMs ?? decider.nowMs)
    if (deadlineMs !== undefined && waitedMs >= deadlineMs) {
      return fail(decider, view, deadlineCause(view, placed.condition.name, index, deadlineMs))
    }
  }
  const late = role === 'exit' ? lateCause(decider, view) : undefined
  return late !== undefined && fail(decider, view, late)
}

function fail(decider: Decider, view: StageView, cause: Cause): true {
  decideFailure(decider, view, cause)
  return true
}

/** The cause when the stage's own deadline is over: the first condition that is not met, and why. */
function lateCause(decider: Decider, view: StageView): Cause | undefined {
  const { now, stage } = view
  if (now.enteredAtMs === undefined || decider.nowMs < now.enteredAtMs + stage.deadlineMs) {
    return undefined
  }
  const index = view.placed.findIndex((placed, at) => {
    if (placed.role !== 'exit') return false
    const isMet = now.conditions[at]?.metAtMs !== undefined
    return !isMet || standingOf(decider.draft.state, view, at, decider.nowMs).is !== 'passing'
  })
  const name = view.placed[index]?.condition.name
  if (now.inFlight !== undefined || name === undefined) {
    const sentence = `Its command had no answer within ${describeDuration(stage.deadlineMs)}.`
    return { reason: 'deadline', sentence, stage: now.name }
  }
  return deadlineCause(view, name, index, stage.deadlineMs)
}

function deadlineCause(view: StageView, name: string, index: number, deadlineMs: number): Cause {
  const answer = view.now.conditions[index]?.lastAnswer
  const last = answer === undefined ? 'It was never answered.' : `Last answer: ${answer.sentence}`
  return {
    reason: 'deadline',
    sentence: `${name} was not met within ${describeDuration(deadlineMs)}. ${last}`,
    stage: view.now.name,
    condition: name,
    ...(answer === undefined ? {} : { answer }),
  }
}
