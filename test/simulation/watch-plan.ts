/** What follows a random plan: its conditions again, without an end and without anything being done. */
import { checkPlan } from '../../src/core/plan/check-plan.ts'
import type { BreachPolicy } from '../../src/core/plan/condition.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { RandomStream } from './simulated-random.ts'

/** A plan that watches what another has brought about. */
export function watchPlan(chance: RandomStream, plan: Plan): Plan {
  const policies: readonly [BreachPolicy, ...BreachPolicy[]] = ['ignore', 'ignore', 'hold', 'undo']
  const stages = plan.stages.map(({ name, group, conditions, guards }) => ({
    name,
    ...(group === undefined ? {} : { group }),
    needs: [],
    gates: [],
    conditions: conditions.map(({ onBreach, ...condition }) => condition),
    guards: guards.map(({ onBreach, ...guard }) => guard),
    deadlineMs: chance.between(30_000, 120_000),
    onBreach: chance.pick(policies),
    retry: { limit: 0, backoffMs: 0 },
    finishes: false,
    optional: false,
    pivot: false,
  }))
  return checkPlan({ ...plan, goal: 'watch', stages, retryBudget: 0, endless: true })
}
