/** Applying a what-if: a scenario and a change give another scenario; the first one stays as it was. */
import { Fault } from '../fault/fault.ts'
import type { Until } from '../plan/plan.ts'
import type { IndexedNeed } from '../plan/plan-index.ts'
import { type Change, type Edge, printChange } from './change.ts'
import type { Scenario } from './forecast.ts'
import { inOrder, type Network, type NetworkStage } from './network.ts'
import { orderedTimes, type StageTimes } from './stage-times.ts'

/**
 * A scenario with changes, the first one first.
 *
 * @throws forecast-malformed when a change names what is not there
 * @throws plan-cyclic when stages would wait for each other
 */
export function applyChanges(scenario: Scenario, changes: readonly Change[]): Scenario {
  return changes.reduce(applyChange, scenario)
}

function applyChange(scenario: Scenario, change: Change): Scenario {
  switch (change.is) {
    case 'scale':
      return mapTimes(scenario, change, (times) => scaled(times, change.permille))
    case 'takes':
      return mapTimes(scenario, change, (times) => taking(times, change.ms))
    case 'hold':
      return applyHold(scenario, change)
    case 'until':
      return applyUntil(scenario, change)
    case 'without':
      return applyWithout(scenario, change)
    default:
      return { ...scenario, network: { ...scenario.network, cores: change.cores } }
  }
}

/** Its work is scaled; what comes after the first pass is the contract's and stays. */
function scaled(times: StageTimes, permille: number): StageTimes {
  const provisionalMs = Math.round((times.provisionalMs * permille) / 1_000)
  return shifted(times, provisionalMs, times.readyMs - times.provisionalMs)
}

function taking(times: StageTimes, ms: number): StageTimes {
  const gapMs = Math.min(ms, times.readyMs - times.provisionalMs)
  return shifted(times, ms - gapMs, gapMs)
}

/** Times with another first pass, and ready so long after it. */
function shifted(times: StageTimes, provisionalMs: number, gapMs: number): StageTimes {
  const share = times.provisionalMs === 0 ? 0 : provisionalMs / times.provisionalMs
  const readyMs = provisionalMs + gapMs
  return orderedTimes({
    startedMs: times.startedMs * share,
    provisionalMs,
    readyMs,
    completedMs: readyMs + times.completedMs - times.readyMs,
  })
}

function mapTimes(
  scenario: Scenario,
  change: Change & { readonly stage: string },
  map: (times: StageTimes) => StageTimes,
): Scenario {
  const [place = -1] = placesOf(scenario.network, change.stage, change)
  const samples = scenario.samples.map((stage, at) =>
    at === place ? { ...stage, times: stage.times.map(map) } : stage,
  )
  return { ...scenario, samples }
}

function applyHold(scenario: Scenario, change: Change & { readonly is: 'hold' }): Scenario {
  const { network } = scenario
  const [place = -1] = placesOf(network, change.stage, change)
  const { holdMs = 0, consecutive = 1 } = network.stages[place] ?? {}
  const isNoWait = change.holdMs === 0 && consecutive === 1
  const next = mapTimes(scenario, change, (times) => {
    // What was waited beyond the hold was waiting for the next asking; that remains.
    const restMs = Math.max(0, times.readyMs - times.provisionalMs - holdMs)
    return shifted(times, times.provisionalMs, isNoWait ? 0 : change.holdMs + restMs)
  })
  const stages = patched(network, [place], (stage) => ({ ...stage, holdMs: change.holdMs }))
  return { ...next, network: { ...network, stages } }
}

function applyUntil(scenario: Scenario, change: Change & { readonly is: 'until' }): Scenario {
  const { needed, dependents } = endsOf(scenario.network, change)
  const stages = patched(scenario.network, dependents, (stage) => ({
    ...stage,
    needs: withUntil(stage.needs, needed, change.until),
  }))
  return { ...scenario, network: inOrder({ ...scenario.network, stages }) }
}

function withUntil(
  needs: readonly IndexedNeed[],
  needed: readonly number[],
  until: Until,
): readonly IndexedNeed[] {
  const others = needs.filter((need) => !needed.includes(need.stage))
  return [...others, ...needed.map((stage) => ({ stage, until }))]
}

function applyWithout(scenario: Scenario, change: Change & { readonly is: 'without' }): Scenario {
  const { network } = scenario
  const { needed, dependents } = endsOf(network, change)
  const isEdge = (need: IndexedNeed): boolean => needed.includes(need.stage)
  if (!dependents.some((place) => network.stages[place]?.needs.some(isEdge))) {
    throw noEdge(network, change)
  }
  const stages = patched(network, dependents, (stage) => ({
    ...stage,
    needs: stage.needs.filter((need) => !isEdge(need)),
  }))
  return { ...scenario, network: inOrder({ ...network, stages }) }
}

function noEdge(network: Network, change: Change & Edge): Fault {
  const there = placesOf(network, change.dependent, change).flatMap((place) =>
    (network.stages[place]?.needs ?? []).map((need) => network.stages[need.stage]?.name ?? ''),
  )
  const does = there.length === 0 ? 'waits for nothing' : `waits for ${there.join(', ')}`
  return unknown(change, `${change.dependent} does not wait for ${change.needed}; it ${does}.`)
}

function endsOf(
  network: Network,
  change: Change & Edge,
): { readonly needed: readonly number[]; readonly dependents: readonly number[] } {
  return {
    needed: placesOf(network, change.needed, change),
    dependents: placesOf(network, change.dependent, change),
  }
}

/** The stage of that name, or the stages of the group of that name. */
function placesOf(network: Network, name: string, change: Change): readonly number[] {
  const place = network.stages.findIndex((stage) => stage.name === name)
  if (place >= 0) return [place]
  const members = network.stages.flatMap((stage, at) => (stage.group === name ? [at] : []))
  if (members.length > 0 && !('stage' in change)) return members
  const names = network.stages.map((stage) => stage.name).join(', ')
  throw unknown(change, `There is no stage ${name}; there are: ${names}.`)
}

function patched(
  network: Network,
  places: readonly number[],
  patch: (stage: NetworkStage) => NetworkStage,
): readonly NetworkStage[] {
  return network.stages.map((stage, place) => (places.includes(place) ? patch(stage) : stage))
}

function unknown(change: Change, hint: string): Fault {
  const subject = printChange(change)
  return new Fault({ code: 'forecast-malformed', operation: 'apply what-if', subject, hint })
}
