/**
 * Which changes would shorten a ramp most. Every candidate is simulated on the same draws as the ramp
 * as it is; nothing is guessed, and only changes that keep every proof are considered: a stage that
 * takes half its time, a hold that is not waited out, a dependent that begins on the first pass while
 * the condition goes on proving itself, one core more.
 */
import { present } from '../fault/assert.ts'
import { applyChanges } from './apply-change.ts'
import { type Change, printChange } from './change.ts'
import { type Forecast, type ForecastOptions, medianTotalMs, type Scenario } from './forecast.ts'
import { medianOf } from './quantile.ts'

/** A change and what it is predicted to gain. */
export interface Improvement {
  readonly change: Change
  /** The median of the ramp with it. @unit ms */
  readonly p50Ms: number
  /** By how much that is less than without it. @unit ms */
  readonly gainMs: number
}

/** Runs that tell candidates apart; the best are simulated again in full. */
const CANDIDATE_RUNS = 1_000

/** Most candidates that are simulated; of more, those of the stages with the longest critical time. */
const MOST_CANDIDATES = 60

/** How many stages are scheduled in all to tell candidates apart, so that it takes no minutes. */
const MOST_SCHEDULED = 5_000_000

/** How many candidates are simulated in full. */
const FINALISTS = 8

/** The changes that shorten a ramp most, the best first; fewer when fewer shorten it at all. */
export function bestImprovements(
  scenario: Scenario,
  forecast: Forecast,
  options: ForecastOptions & { readonly most: number },
): readonly Improvement[] {
  const { runs, most } = options
  const candidates = candidatesFor(scenario, forecast)
  const size = Math.max(1, candidates.length * scenario.network.stages.length)
  const room = Math.max(20, Math.floor(MOST_SCHEDULED / size))
  const quick = ranked(scenario, candidates, {
    ...options,
    runs: Math.min(runs, CANDIDATE_RUNS, room),
  })
  const isLarge = room < CANDIDATE_RUNS
  const finalists = quick.slice(0, isLarge ? most : FINALISTS).map(({ change }) => change)
  return ranked(scenario, finalists, options).slice(0, most)
}

function ranked(
  scenario: Scenario,
  candidates: readonly Change[],
  options: ForecastOptions,
): readonly Improvement[] {
  const beforeMs = medianTotalMs(scenario, options)
  return candidates
    .map((change): Improvement => {
      const p50Ms = medianTotalMs(applyChanges(scenario, [change]), options)
      return { change, p50Ms, gainMs: beforeMs - p50Ms }
    })
    .filter(({ gainMs }) => gainMs > 0)
    .toSorted((one, other) => other.gainMs - one.gainMs)
}

/** Only what is ever on the critical path can gain anything. */
function candidatesFor(scenario: Scenario, forecast: Forecast): readonly Change[] {
  const { network, samples } = scenario
  const isCritical = (place: number): boolean => (forecast.stages[place]?.criticalShareBp ?? 0) > 0
  const gapMs = samples.map(({ times }) =>
    medianOf(times.map(({ readyMs, provisionalMs }) => readyMs - provisionalMs)),
  )
  const weightOf = (place: number): number => {
    const { criticalShareBp = 0, own } = forecast.stages[place] ?? {}
    return criticalShareBp * (own?.p50Ms ?? 0)
  }
  const heaviest = network.stages
    .map((_, place) => place)
    .filter(isCritical)
    .toSorted((one, other) => weightOf(other) - weightOf(one))
  const candidates = heaviest.flatMap((place): readonly Change[] => {
    const stage = present(network.stages[place], 'the place is in the network')
    const { name } = stage
    const edges = stage.needs
      .filter(({ stage: on, until }) => until === 'ready' && (gapMs[on] ?? 0) > 0 && isCritical(on))
      .map(({ stage: on }): Change => {
        const needed = network.stages[on]?.name ?? ''
        return { is: 'until', needed, dependent: name, until: 'provisional' }
      })
    const hold: readonly Change[] = stage.holdMs > 0 ? [{ is: 'hold', stage: name, holdMs: 0 }] : []
    return [{ is: 'scale', stage: name, permille: 500 }, ...hold, ...edges]
  })
  // A stage that needs another twice, by itself and by its group, is one edge.
  const unique = [...new Map(candidates.map((change) => [printChange(change), change])).values()]
  const { cores } = network
  const isScarce = cores !== undefined && cores < network.stages.length
  const more: readonly Change[] = isScarce ? [{ is: 'cores', cores: cores + 1 }] : []
  return [...more, ...unique.slice(0, MOST_CANDIDATES)]
}
