/**
 * History: earlier ramps that can be compared with one, and how long each stage usually took in them.
 * A ramp is comparable when it had the same stages and the same goal; a stage of it, when that ramp
 * itself brought it about, cleanly: one that ran already took no time.
 */
import type { RampState, StageState } from '../ramp/state.ts'
import { percentileOf } from './percentile.ts'
import { type StageTime, timesOf } from './stage-times.ts'

/** How long something usually takes. */
export interface Usual {
  /** How many runs are known. @minimum 1 */
  readonly runs: number
  /** @unit ms */
  readonly medianMs: number
  /** @unit ms */
  readonly p75Ms: number
  /** @unit ms */
  readonly p95Ms: number
}

/** How long something took, beside what is usual. */
export interface Comparison {
  /** Absent: nothing is known. */
  readonly usual?: Usual
  /** Within p75, above p75 or above p95 of the known runs; `unknown` without any. */
  readonly standing: 'unknown' | 'usual' | 'aboveP75' | 'aboveP95'
  /** How much more than the median; negative when it was faster. @unit ms */
  readonly extraMs: number
}

/** Less than this is noise, whatever the percentiles say. @unit ms */
const NOISE_MS = 100

/** And so is less than this part of the median. */
const NOISE_SHARE = 0.25

/** The earlier ramps of the same stages that reached their goal, in the order given. */
export function comparableRuns<Run extends { readonly state: RampState }>(
  state: RampState,
  earlier: readonly Run[],
): readonly Run[] {
  const names = namesOf(state)
  return earlier.filter(
    (run) => isGood(run.state) && isSameRoad(state, run.state) && namesOf(run.state) === names,
  )
}

/** Whether a ramp reached its goal. */
export function isGood(state: RampState): boolean {
  return state.ended?.outcome === 'reached'
}

/** Whether two ramps are of the same contract and lead to the same goal. */
function isSameRoad(one: RampState, other: RampState): boolean {
  return (
    one.plan.goal === other.plan.goal &&
    one.plan.contract.kind === other.plan.contract.kind &&
    one.plan.contract.name === other.plan.contract.name
  )
}

function namesOf(state: RampState): string {
  return JSON.stringify(state.stages.map((stage) => stage.name).sort())
}

/** Whether a stage was brought about by this ramp, and cleanly. */
function isOwnWork(state: RampState, now: StageState): boolean {
  if (now.unclean || now.readyAtMs === undefined) return false
  const { startedBy } = now.outputs
  return typeof startedBy !== 'string' || startedBy.startsWith(`${state.ramp}/`)
}

/** The newest ramp of the same contract that reached the same goal, whatever its stages. */
export function lastGoodRun<Run extends { readonly state: RampState }>(
  state: RampState,
  earlier: readonly Run[],
): Run | undefined {
  return earlier.find((run) => isGood(run.state) && isSameRoad(state, run.state))
}

/** What each stage took in comparable runs, by its name. */
export function ownTimes(
  runs: readonly { readonly state: RampState }[],
): ReadonlyMap<string, readonly number[]> {
  const known = new Map<string, number[]>()
  for (const { state } of runs) {
    for (const { name, place, ownMs } of timesOf(state).stages) {
      const now = state.stages[place]
      if (ownMs === undefined || now === undefined || !isOwnWork(state, now)) continue
      known.set(name, [...(known.get(name) ?? []), ownMs])
    }
  }
  return known
}

/** How long something took beside what it took before. */
export function compareWith(tookMs: number, known: readonly number[]): Comparison {
  if (known.length === 0) return { standing: 'unknown', extraMs: 0 }
  const usual = {
    runs: known.length,
    medianMs: percentileOf(known, 50),
    p75Ms: percentileOf(known, 75),
    p95Ms: percentileOf(known, 95),
  }
  const extraMs = tookMs - usual.medianMs
  const isNoise = extraMs < Math.max(NOISE_MS, usual.medianMs * NOISE_SHARE)
  if (isNoise || tookMs <= usual.p75Ms) return { usual, standing: 'usual', extraMs }
  return { usual, standing: tookMs > usual.p95Ms ? 'aboveP95' : 'aboveP75', extraMs }
}

/** A stage beside its own past; while it is under way only what is too long already tells anything. */
export function compareStage(time: StageTime, known: readonly number[]): Comparison {
  return time.ownMs === undefined ? compareNothing(known) : compareWith(time.ownMs, known)
}

/** What is usual, with nothing to hold against it. */
export function compareNothing(known: readonly number[]): Comparison {
  const { usual } = compareWith(0, known)
  return { standing: 'unknown', extraMs: 0, ...(usual === undefined ? {} : { usual }) }
}
