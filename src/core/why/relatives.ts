/** Relatives of a stage: all that it stands on, however indirectly. */
import { present } from '../fault/assert.ts'
import type { Plan } from '../plan/plan.ts'
import { indexOfPlan } from '../plan/plan-index.ts'

/** The names of all stages that must come before a stage. Empty for an unknown one. */
export function ancestorsOf(plan: Plan, name: string): ReadonlySet<string> {
  const { placeOf, needs } = indexOfPlan(plan)
  const begin = placeOf.get(name)
  const found = new Set<number>()
  const open = begin === undefined ? [] : [begin]
  for (const place of open) {
    for (const { stage } of needs[place] ?? []) {
      if (found.has(stage)) continue
      found.add(stage)
      open.push(stage)
    }
  }
  return new Set([...found].map((place) => present(plan.stages[place], 'it is a stage').name))
}
