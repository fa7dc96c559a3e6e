/** Due times: when time alone will lead to a decision, so that the engine can set one timer. */
import { needsOfStage } from './needs.ts'
import { passesAtMs, standingOf } from './standing.ts'
import { type RampState, type StageView, stageAt } from './state.ts'

/** An instant at which a ramp wants a tick. */
export interface Due {
  readonly atMs: number
  readonly stage: string
  /** Whether a deadline ends then, which will quote the stage's last answers. */
  readonly isDeadline: boolean
}

/**
 * The earliest instant after `nowMs` at which a tick may lead to a decision; undefined when none
 * will. What was due until `nowMs` has been decided by then.
 */
export function nextDue(state: RampState, nowMs: number): Due | undefined {
  if (state.ended !== undefined) return undefined
  let earliest: Due | undefined
  const consider = (due: Due): void => {
    if (due.atMs > nowMs && (earliest === undefined || due.atMs < earliest.atMs)) earliest = due
  }
  for (let place = 0; place < state.stages.length; place++) {
    for (const due of duesOf(state, stageAt(state, place), nowMs)) consider(due)
  }
  return earliest
}

function duesOf(state: RampState, view: StageView, nowMs: number): readonly Due[] {
  const { now, stage } = view
  switch (now.phase) {
    case 'undoing':
      return now.undoFailures > 0 && now.inFlight === undefined && state.held === undefined
        ? [{ atMs: now.notBeforeMs, stage: now.name, isDeadline: false }]
        : []
    case 'waiting':
      return isWaitingForTime(state, view)
        ? [{ atMs: now.notBeforeMs, stage: now.name, isDeadline: false }]
        : []
    case 'gated':
      return conditionDues(state, view, nowMs)
    case 'entered':
      return [
        { atMs: (now.enteredAtMs ?? 0) + stage.deadlineMs, stage: now.name, isDeadline: true },
      ]
    case 'started':
    case 'provisional':
      return [
        { atMs: (now.enteredAtMs ?? 0) + stage.deadlineMs, stage: now.name, isDeadline: true },
        ...conditionDues(state, view, nowMs),
      ]
    case 'ready':
    case 'completed':
      return toleranceDues(state, view, nowMs)
    default:
      return []
  }
}

function isWaitingForTime(state: RampState, view: StageView): boolean {
  return (
    state.direction === 'forward' &&
    state.held === undefined &&
    view.now.notBeforeMs > 0 &&
    needsOfStage(state, view.place).every((need) => need.met)
  )
}

function conditionDues(state: RampState, view: StageView, nowMs: number): readonly Due[] {
  const { name: stage } = view.now
  const isGated = view.now.phase === 'gated'
  const dues: Due[] = [...toleranceDues(state, view, nowMs)]
  view.placed.forEach((placed, index) => {
    const now = view.now.conditions[index]
    if (now?.askedSinceMs === undefined || (placed.role === 'gate') !== isGated) return
    if (now.metAtMs !== undefined && !isGated) return
    const { deadlineMs, holdMs, question } = placed.condition
    const standing = standingOf(state, view, index, nowMs)
    const sinceMs = standing.is === 'passing' ? standing.sinceMs : passesAtMs(placed, now)
    // A probe meets its condition by an answer, never by time alone.
    if (sinceMs !== undefined && question.ask !== 'probe') {
      dues.push({ atMs: sinceMs + holdMs, stage, isDeadline: false })
    }
    if (deadlineMs !== undefined) {
      dues.push({ atMs: now.askedSinceMs + deadlineMs, stage, isDeadline: true })
    }
  })
  return dues
}

/** When failing, tolerated so far, will have lasted too long. */
function toleranceDues(state: RampState, view: StageView, nowMs: number): readonly Due[] {
  return view.placed.flatMap((placed, index) => {
    const { ms } = placed.condition.tolerance
    if (ms === 0 || view.now.conditions[index]?.breached === true) return []
    const standing = standingOf(state, view, index, nowMs)
    if (standing.is !== 'failing') return []
    return [{ atMs: standing.sinceMs + ms, stage: view.now.name, isDeadline: false }]
  })
}
