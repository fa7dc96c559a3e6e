/**
 * A whole question about a ramp that has not been: as it is, with changes, and what would shorten it.
 * Pure: the history and the estimates come in, the answer goes out, the same for the same seed.
 */
import { Fault } from '../fault/fault.ts'
import type { Plan } from '../plan/plan.ts'
import { applyChanges } from './apply-change.ts'
import type { Change } from './change.ts'
import { drawShares } from './draw-shares.ts'
import { type Forecast, forecastOf, type Scenario } from './forecast.ts'
import { bestImprovements, type Improvement } from './improve.ts'
import { networkOf } from './network.ts'
import type { PastRamp } from './past-ramp.ts'
import { type Estimate, type StageSamples, samplesFor } from './samples.ts'

/** What is asked. */
export interface SimulationQuestion {
  readonly plan: Plan
  /** Earlier ramps to the same goal, oldest first. */
  readonly history: readonly PastRamp[]
  readonly estimates: readonly Estimate[]
  /** Applied one after the other. */
  readonly changes: readonly Change[]
  /** How many ramps to simulate; fewer when there are very many stages. @default 10000 */
  readonly runs?: number
  /** @default 1 */
  readonly seed?: number
}

/** One change by itself. */
export interface LoneChange {
  readonly change: Change
  readonly forecast: Forecast
}

/** What is answered. */
export interface Simulation {
  readonly samples: readonly StageSamples[]
  readonly changes: readonly Change[]
  readonly before: Forecast
  /** With all changes; absent: there are none. */
  readonly after?: Forecast
  /** Each change by itself, when there are several. */
  readonly alone: readonly LoneChange[]
  /** What would shorten the ramp most, changes included; the best first. */
  readonly improvements: readonly Improvement[]
  /** The ramp with all the improvements at once; absent: there are fewer than two. */
  readonly improved?: Forecast
}

/** How many ramps are simulated when nobody says. */
const DEFAULT_RUNS = 10_000

/** How many numbers are kept for each column of a forecast, so that its memory has a limit. */
const MOST_CELLS = 1_000_000

const IMPROVEMENTS = 3

/**
 * Answers a question.
 *
 * @throws forecast-baseless naming the stages without numbers
 * @throws forecast-malformed, plan-cyclic when a change does not fit the plan
 */
export function simulateRamp(question: SimulationQuestion): Simulation {
  const { plan, history, estimates, changes, seed = 1 } = question
  const { stages: samples, missing } = samplesFor(plan, history, estimates)
  if (missing.length > 0) throw baseless(plan, history, missing)
  const room = Math.max(100, Math.floor(MOST_CELLS / Math.max(1, plan.stages.length)))
  const runs = Math.min(question.runs ?? DEFAULT_RUNS, room)
  const options = { runs, seed, shares: drawShares(samples, { runs, seed }) }
  const scenario: Scenario = { network: networkOf(plan), samples }
  const changed = applyChanges(scenario, changes)
  const before = forecastOf(scenario, options)
  const after = changes.length === 0 ? undefined : forecastOf(changed, options)
  const improvements = bestImprovements(changed, after ?? before, {
    ...options,
    most: IMPROVEMENTS,
  })
  const best = improvements.map(({ change }) => change)
  return {
    samples,
    changes,
    before,
    ...(after === undefined ? {} : { after }),
    alone:
      changes.length < 2
        ? []
        : changes.map((change) => ({
            change,
            forecast: forecastOf(applyChanges(scenario, [change]), options),
          })),
    improvements,
    ...(best.length < 2 ? {} : { improved: forecastOf(applyChanges(changed, best), options) }),
  }
}

function baseless(plan: Plan, history: readonly PastRamp[], missing: readonly string[]): Fault {
  const { name } = plan.contract
  const ramps = history.length === 1 ? 'one ramp' : `${history.length} ramps`
  const known =
    history.length === 0
      ? `No ramp of ${name} has reached ${plan.goal} here`
      : `Of ${ramps} of ${name} that reached ${plan.goal}, none tells how long they take`
  const estimates = missing.map((stage) => `--estimate ${stage}=2s`).join(' ')
  const hint = `No numbers for ${missing.join(', ')}. ${known}. For example: ${estimates}`
  return new Fault({ code: 'forecast-baseless', operation: 'forecast', subject: name, hint })
}
