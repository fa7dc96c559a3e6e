/** What is looked up in a plan again and again, derived once per plan. */
import { present } from '../fault/assert.ts'
import type { Condition } from './condition.ts'
import type { Plan, Stage, Until } from './plan.ts'

/** Where a condition stands in its stage. */
export type Role = 'gate' | 'exit' | 'guard'

/** A condition with its role. */
export interface PlacedCondition {
  readonly condition: Condition
  readonly role: Role
}

/** An edge with its end resolved to the stage's place in the plan. */
export interface IndexedNeed {
  readonly stage: number
  readonly until: Until
}

/** A plan with its names resolved to places. */
export interface PlanIndex {
  /** Place of each stage by its name. */
  readonly placeOf: ReadonlyMap<string, number>
  /** For each stage: all it waits for, those of its group included. */
  readonly needs: readonly (readonly IndexedNeed[])[]
  /** For each stage: the places of the stages that wait for it, ascending. */
  readonly dependents: readonly (readonly number[])[]
  /** For each stage: gates, then exit conditions, then guards, in declared order. */
  readonly conditions: readonly (readonly PlacedCondition[])[]
}

const INDEX_BY_PLAN = new WeakMap<Plan, PlanIndex>()

/** The index of a checked plan; the same object each time. */
export function indexOfPlan(plan: Plan): PlanIndex {
  const known = INDEX_BY_PLAN.get(plan)
  if (known !== undefined) return known
  const index = buildIndex(plan)
  INDEX_BY_PLAN.set(plan, index)
  return index
}

function buildIndex(plan: Plan): PlanIndex {
  const placeOf = new Map(plan.stages.map((stage, place) => [stage.name, place]))
  const members = new Map<string, number[]>(plan.groups.map((group) => [group.name, []]))
  plan.stages.forEach((stage, place) => {
    if (stage.group !== undefined) members.get(stage.group)?.push(place)
  })
  const needs = plan.stages.map((stage) => needsOf(plan, stage, placeOf, members))
  const dependents: number[][] = plan.stages.map(() => [])
  needs.forEach((list, place) => {
    for (const need of list) {
      const of = present(dependents[need.stage], 'a need points into the plan')
      if (!of.includes(place)) of.push(place)
    }
  })
  return { placeOf, needs, dependents, conditions: plan.stages.map(placedConditions) }
}

function needsOf(
  plan: Plan,
  stage: Stage,
  placeOf: ReadonlyMap<string, number>,
  members: ReadonlyMap<string, readonly number[]>,
): readonly IndexedNeed[] {
  const own = stage.needs.map((need) => ({
    stage: present(placeOf.get(need.stage), `stage ${need.stage} is in the checked plan`),
    until: need.until,
  }))
  const group = plan.groups.find((candidate) => candidate.name === stage.group)
  const waves = (group?.needs ?? []).flatMap((need) =>
    (members.get(need.group) ?? []).map((place) => ({ stage: place, until: need.until })),
  )
  return [...own, ...waves]
}

function placedConditions(stage: Stage): readonly PlacedCondition[] {
  return [
    ...stage.gates.map((condition) => ({ condition, role: 'gate' as const })),
    ...stage.conditions.map((condition) => ({ condition, role: 'exit' as const })),
    ...stage.guards.map((condition) => ({ condition, role: 'guard' as const })),
  ]
}
