/**
 * How long a stage took to come how far, counted from its needs being met: what a forecast draws
 * from. Retries, gates and pauses are in it, since the ramp waited for them too.
 */
import type { Until } from '../plan/plan.ts'
import { needsOfStage } from '../ramp/needs.ts'
import { type RampState, type StageState, stageAt } from '../ramp/state.ts'
import { reachedAtMs } from '../ramp/timeline.ts'

/** The times of one stage in one ramp; each is at least the one before it. */
export interface StageTimes {
  /** Until its command was answered. @unit ms */
  readonly startedMs: number
  /** Until every exit condition had passed once. @unit ms */
  readonly provisionalMs: number
  /** Until every exit condition was met as firmly as it asks for. @unit ms */
  readonly readyMs: number
  /** Until it had finished by itself; as `readyMs` when it does not. @unit ms */
  readonly completedMs: number
}

/** How long until a stage came so far. @returns ms since its needs were met */
export function timeUntil(times: StageTimes, until: Until): number {
  switch (until) {
    case 'started':
      return times.startedMs
    case 'provisional':
      return times.provisionalMs
    case 'ready':
      return times.readyMs
    default:
      return times.completedMs
  }
}

/** Times in which every instant is at least the one before it and none is negative. */
export function orderedTimes(times: StageTimes): StageTimes {
  const startedMs = Math.max(0, Math.round(times.startedMs))
  const provisionalMs = Math.max(startedMs, Math.round(times.provisionalMs))
  const readyMs = Math.max(provisionalMs, Math.round(times.readyMs))
  return {
    startedMs,
    provisionalMs,
    readyMs,
    completedMs: Math.max(readyMs, Math.round(times.completedMs)),
  }
}

/**
 * The times of the stage at a place in a ramp that reached its goal.
 *
 * @returns undefined when it never became ready, or when it was found running already, which says
 * nothing about how long it takes to start
 */
export function timesOfStage(state: RampState, place: number): StageTimes | undefined {
  const { now } = stageAt(state, place)
  if (isFoundRunning(now)) return undefined
  const doneAtMs = now.phase === 'left' ? now.undoneAtMs : now.readyAtMs
  const fromMs = neededSinceMs(state, place)
  if (doneAtMs === undefined || fromMs === undefined) return undefined
  // What an optional stage took until it was left behind is what the others waited for it.
  const isLeft = now.phase === 'left'
  const readyMs = doneAtMs - fromMs
  const since = (atMs: number | undefined): number =>
    isLeft || atMs === undefined ? readyMs : Math.min(atMs - fromMs, readyMs)
  return orderedTimes({
    startedMs: since(now.startedAtMs),
    provisionalMs: since(now.provisionalAtMs),
    readyMs,
    completedMs: now.completedAtMs === undefined || isLeft ? readyMs : now.completedAtMs - fromMs,
  })
}

/** Whether an actuator found it running as it should be, and started nothing. */
export function isFoundRunning(now: StageState): boolean {
  return now.outputs['adopted'] === true
}

/** When its needs were first met: later retries are part of what it took. */
function neededSinceMs(state: RampState, place: number): number | undefined {
  const { now } = stageAt(state, place)
  let metAtMs = state.openedAtMs
  for (const need of needsOfStage(state, place)) {
    const atMs = reachedAtMs(need.on.now, need.until)
    if (atMs === undefined) return undefined
    metAtMs = Math.max(metAtMs, atMs)
  }
  // A need that was taken back and met again lets in nobody who is in already.
  return Math.min(metAtMs, now.gatedAtMs ?? now.enteredAtMs ?? metAtMs)
}
