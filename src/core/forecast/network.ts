/**
 * What a forecast is reckoned on: the stages of a plan with their needs, groups resolved, in an order
 * in which every stage comes after those it waits for. What-ifs change this and never the plan.
 */
import { Fault } from '../fault/fault.ts'
import type { Plan } from '../plan/plan.ts'
import { type IndexedNeed, indexOfPlan } from '../plan/plan-index.ts'

/** One stage of the network. */
export interface NetworkStage {
  readonly name: string
  readonly group?: string
  /** The longest time for which one of its exit conditions must hold. @unit ms */
  readonly holdMs: number
  /** The most passes in a row that one of its exit conditions asks for. */
  readonly consecutive: number
  readonly needs: readonly IndexedNeed[]
}

/** The stages in the plan's order. */
export interface Network {
  readonly stages: readonly NetworkStage[]
  /** Places, every stage after its needs. */
  readonly order: readonly number[]
  /** For each place: those that wait for it, one for each of their needs. */
  readonly dependents: readonly (readonly number[])[]
  /** How many stages may be at work at a time; absent: as many as there are. @minimum 1 */
  readonly cores?: number
}

/** The network of a checked plan. */
export function networkOf(plan: Plan): Network {
  const { needs } = indexOfPlan(plan)
  const stages = plan.stages.map((stage, place): NetworkStage => {
    const { name, group, conditions } = stage
    return {
      name,
      ...(group === undefined ? {} : { group }),
      holdMs: Math.max(0, ...conditions.map((condition) => condition.holdMs)),
      consecutive: Math.max(1, ...conditions.map((condition) => condition.consecutive)),
      needs: needs[place] ?? [],
    }
  })
  return inOrder({ stages })
}

/**
 * A network with its stages put in order.
 *
 * @throws plan-cyclic when stages wait for each other in a circle
 */
export function inOrder(network: Omit<Network, 'order' | 'dependents'>): Network {
  const { stages } = network
  const order: number[] = []
  const waiting = stages.map((stage) => stage.needs.length)
  const dependents: number[][] = stages.map(() => [])
  stages.forEach((stage, place) => {
    for (const need of stage.needs) dependents[need.stage]?.push(place)
  })
  const free = stages.flatMap((stage, place) => (stage.needs.length === 0 ? [place] : []))
  for (let place = free.shift(); place !== undefined; place = free.shift()) {
    order.push(place)
    for (const dependent of dependents[place] ?? []) {
      const left = (waiting[dependent] ?? 0) - 1
      waiting[dependent] = left
      if (left === 0) free.push(dependent)
    }
  }
  if (order.length < stages.length) {
    const stuck = stages.filter((_, place) => !order.includes(place)).map((stage) => stage.name)
    const hint = `With that, ${stuck.join(', ')} would wait for each other.`
    throw new Fault({
      code: 'plan-cyclic',
      operation: 'forecast',
      subject: stuck[0] ?? '',
      hint,
    })
  }
  return { ...network, order, dependents }
}
