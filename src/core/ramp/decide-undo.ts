/**
 * Deciding how stages are taken back. Along edges the order is strictly backwards: a stage is undone
 * only when nothing in effect stands on it any more. Stages that do not stand on each other are
 * undone together, issued in the reverse order in which they came into effect.
 */

import type { Purpose } from '../entry/entry.ts'
import { present } from '../fault/assert.ts'
import { indexOfPlan } from '../plan/plan-index.ts'
import type { Decider } from './decider.ts'
import { viewOf } from './draft.ts'
import { againAtMs } from './failure.ts'
import type { StageState, StageView } from './state.ts'
import { UNDO_ATTEMPTS } from './undo-policy.ts'

/** Takes every step back that the state allows. */
export function decideUndo(decider: Decider): void {
  const { draft } = decider
  if (draft.state.direction === 'undoing') markAll(decider)
  if (draft.state.direction === 'undoing' && draft.state.held !== undefined) return
  const undoing = draft.state.stages
    .filter((stage) => stage.phase === 'undoing')
    .sort((a, b) => b.order - a.order)
  for (const { name } of undoing) {
    if (draft.state.ended === undefined) decideUndoing(decider, viewOf(draft, name))
  }
}

/** Issues the command of a stage, for doing or undoing. */
export function issue(decider: Decider, stage: string, purpose: Purpose): void {
  const { ramp, commands } = decider.draft.state
  const fence = commands + 1
  const command = `${ramp}/${stage}/${fence}`
  decider.decide({ type: 'command.issued', command, stage, purpose, fence })
}

function markAll(decider: Decider): void {
  const inEffect = decider.draft.state.stages
    .filter((stage) => stage.inEffect && stage.phase !== 'undoing')
    .sort((a, b) => b.order - a.order)
  for (const { name } of inEffect) {
    decider.decide({ type: 'stage.undoing', stage: name, next: 'undo' })
  }
}

function decideUndoing(decider: Decider, view: StageView): void {
  const { now, stage } = view
  if (now.inFlight !== undefined || isStoodOn(decider, view.place)) return
  if (decider.nowMs < now.notBeforeMs && now.undoFailures > 0) return
  if (now.commandFailure !== undefined && now.undoFailures >= UNDO_ATTEMPTS) {
    if (decider.draft.state.held === undefined) {
      const sentence = `${now.name} could not be undone: ${now.commandFailure.sentence}`
      const cause = { reason: 'undo-failed', sentence, stage: now.name }
      decider.decide({ type: 'ramp.held', cause })
    }
    return
  }
  const isDone = now.commandFailure === undefined && now.undoIssued
  // What was never entered has nothing to take back.
  if (stage.compensation !== undefined && now.inEffect && !isDone) {
    issue(decider, now.name, 'undo')
    return
  }
  decider.decide({ type: 'stage.undone', stage: now.name })
  afterUndone(decider, now)
}

/** Whether a stage in effect still stands on the stage at a place. */
function isStoodOn(decider: Decider, place: number): boolean {
  const { state } = decider.draft
  return (indexOfPlan(state.plan).dependents[place] ?? []).some((dependent) => {
    const now = present(state.stages[dependent], 'every stage has a state')
    return now.inEffect || now.inFlight !== undefined
  })
}

function afterUndone(decider: Decider, now: StageState): void {
  if (decider.draft.state.direction === 'undoing' || now.next !== 'retry') return
  decider.decide({ type: 'stage.reset', stage: now.name, notBeforeMs: againAtMs(decider, now) })
}
