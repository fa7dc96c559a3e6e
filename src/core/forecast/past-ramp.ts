/**
 * What is kept of an earlier ramp for forecasting: how long it took, and how long each stage did.
 * A stage is known again by its name and by what it does and proves, so that numbers of a stage that
 * was written otherwise are told from those of the present one.
 */
import type { Plan, Stage } from '../plan/plan.ts'
import type { RampState } from '../ramp/state.ts'
import { timelineOf } from '../ramp/timeline.ts'
import { type Digest, digestOf } from '../units/digest.ts'
import { isFoundRunning, type StageTimes, timesOfStage } from './stage-times.ts'

/** One stage of an earlier ramp. */
export interface PastStage {
  readonly name: string
  readonly digest: Digest
  /** From its needs being met until it was ready. */
  readonly times: StageTimes
}

/** An earlier ramp that reached its goal. */
export interface PastRamp {
  readonly ramp: string
  readonly plan: Plan
  readonly planDigest: Digest
  /** Milliseconds since 1970. @unit ms */
  readonly openedAtMs: number
  /** From its opening until every stage was ready. @unit ms */
  readonly totalMs: number
  /** Those that were started, or asked, by this ramp. */
  readonly stages: readonly PastStage[]
  /** Names of what it found running already. */
  readonly foundRunning: readonly string[]
  readonly criticalPath: readonly string[]
}

/** What is kept of a ramp. @returns undefined when it did not reach its goal */
export function pastRampOf(state: RampState): PastRamp | undefined {
  if (state.ended?.outcome !== 'reached') return undefined
  const { totalMs, criticalPath } = timelineOf(state)
  const digests = stageDigests(state.plan)
  return {
    ramp: state.ramp,
    plan: state.plan,
    planDigest: state.planDigest,
    openedAtMs: state.openedAtMs,
    totalMs,
    stages: state.stages.flatMap(({ name }, place): readonly PastStage[] => {
      const times = timesOfStage(state, place)
      const digest = digests[place]
      return times === undefined || digest === undefined ? [] : [{ name, digest, times }]
    }),
    foundRunning: state.stages.filter(isFoundRunning).map(({ name }) => name),
    criticalPath,
  }
}

const DIGESTS_BY_PLAN = new WeakMap<Plan, readonly Digest[]>()

/** A digest for each stage of what it does and proves, whatever it waits for. */
export function stageDigests(plan: Plan): readonly Digest[] {
  const known = DIGESTS_BY_PLAN.get(plan)
  if (known !== undefined) return known
  const digests = plan.stages.map(stageDigest)
  DIGESTS_BY_PLAN.set(plan, digests)
  return digests
}

function stageDigest(stage: Stage): Digest {
  const { command, gates, conditions } = stage
  return digestOf({ ...(command === undefined ? {} : { command }), gates, conditions })
}
