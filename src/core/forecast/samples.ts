/**
 * The numbers a forecast draws from, for each stage of a plan: what earlier ramps recorded, or what
 * somebody estimates. A stage with neither is named; nothing is ever made up for it.
 */
import type { Plan } from '../plan/plan.ts'
import { networkOf } from './network.ts'
import { type PastRamp, stageDigests } from './past-ramp.ts'
import { orderedTimes, type StageTimes } from './stage-times.ts'

/** What somebody says a stage takes until it is ready: anything from `leastMs` to `mostMs`. */
export interface Estimate {
  readonly stage: string
  /** @unit ms */
  readonly leastMs: number
  /** @unit ms */
  readonly mostMs: number
}

/** Where the numbers of a stage come from. */
export type SampleSource =
  /** Earlier ramps, in which it was written as it is now. */
  | 'history'
  /** Earlier ramps, in which it did or proved something else. */
  | 'other-revision'
  | 'estimate'

/** The numbers of one stage. */
export interface StageSamples {
  readonly name: string
  readonly source: SampleSource
  /** Ascending by `readyMs`; one at least. */
  readonly times: readonly StageTimes[]
  /** Of which ramp each number of `times` is, by its place in the history; empty for an estimate. */
  readonly ramps: readonly number[]
}

/** The numbers of all stages, or the names of those without. */
export interface Samples {
  /** In the plan's order; those without numbers are left out. */
  readonly stages: readonly StageSamples[]
  readonly missing: readonly string[]
}

/** Into how many equal steps an estimate with a range is divided. */
const ESTIMATE_STEPS = 40

/** Gathers the numbers for a plan. An estimate outweighs what was recorded. */
export function samplesFor(
  plan: Plan,
  history: readonly PastRamp[],
  estimates: readonly Estimate[] = [],
): Samples {
  const network = networkOf(plan)
  const digests = stageDigests(plan)
  const stages: StageSamples[] = []
  const missing: string[] = []
  network.stages.forEach(({ name, holdMs }, place) => {
    const estimate = estimates.findLast((candidate) => candidate.stage === name)
    const found =
      estimate === undefined ? recorded(name, digests[place], history) : estimated(estimate, holdMs)
    if (found === undefined) missing.push(name)
    else stages.push(found)
  })
  return { stages, missing }
}

function recorded(
  name: string,
  digest: string | undefined,
  history: readonly PastRamp[],
): StageSamples | undefined {
  const all = history.flatMap((ramp, index) =>
    ramp.stages.filter((stage) => stage.name === name).map((stage) => ({ ...stage, index })),
  )
  const same = all.filter((stage) => stage.digest === digest)
  const taken = same.length > 0 ? same : all
  if (taken.length === 0) return undefined
  const sorted = taken.toSorted((one, other) => one.times.readyMs - other.times.readyMs)
  return {
    name,
    source: same.length > 0 ? 'history' : 'other-revision',
    times: sorted.map((stage) => stage.times),
    ramps: sorted.map((stage) => stage.index),
  }
}

/**
 * Times that would fit an estimate. It says nothing about when the command is answered, so whoever
 * waits for that waits for all but the hold.
 */
function estimated(estimate: Estimate, holdMs: number): StageSamples {
  const { stage, leastMs, mostMs } = estimate
  const steps = leastMs === mostMs ? 0 : ESTIMATE_STEPS
  const times = Array.from({ length: steps + 1 }, (_, step) => {
    const readyMs = leastMs + ((mostMs - leastMs) * step) / Math.max(1, steps)
    const provisionalMs = Math.max(0, readyMs - holdMs)
    return orderedTimes({
      startedMs: provisionalMs,
      provisionalMs,
      readyMs,
      completedMs: readyMs,
    })
  })
  return { name: stage, source: 'estimate', times, ramps: [] }
}
