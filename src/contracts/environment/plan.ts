/**
 * An environment to a plan: up, a stage for every component in every region, each taken back by
 * stopping it; down, a stage for every component that runs; watch, a stage for every one that is asked on. Holds templates, never their values, and
 * nothing about the machine or the folder it was made in.
 */

import { Fault } from '../../core/fault/fault.ts'
import type { Group, Plan, Stage } from '../../core/plan/plan.ts'
import type { PlanRequest } from '../contract.ts'
import type { EnvironmentContract, EnvironmentDefinition } from './definition.ts'
import { stagesDown } from './stages-down.ts'
import { stagesUp } from './stages-up.ts'
import { stagesWatch } from './stages-watch.ts'

type Stages = (environment: string, definition: EnvironmentDefinition) => readonly Stage[]

const STAGES: ReadonlyMap<string, Stages> = new Map([
  ['up', stagesUp],
  ['down', stagesDown],
  ['watch', stagesWatch],
])

/** What an environment's ramp can lead to. */
export const ENVIRONMENT_GOALS: readonly string[] = [...STAGES.keys()]

/**
 * The plan of an environment.
 *
 * @throws goal-unknown when the goal is none of these.
 */
export function planEnvironment(contract: EnvironmentContract, request: PlanRequest): Plan {
  const { goal } = request
  const { kind, name, digest, definition } = contract
  const stages = STAGES.get(goal)?.(name, definition)
  if (stages === undefined) throw unknownGoal(name, goal)
  const retryBudget = stages.reduce((sum, stage) => sum + stage.retry.limit, 0)
  const groups = groupsOf(definition, goal)
  return {
    planVersion: 1,
    contract: { kind, name, digest },
    goal,
    groups,
    stages,
    retryBudget,
    ...(goal === 'watch' ? { endless: true } : {}),
  }
}

/** What follows by itself: what is up is watched, unless the contract says otherwise. */
export function nextGoal(contract: EnvironmentContract, goal: string): string | undefined {
  return goal === 'up' && contract.definition.watch !== undefined ? 'watch' : undefined
}

/** Regions, each waiting on the way up for those that it comes after. */
function groupsOf({ regions }: EnvironmentDefinition, goal: string): readonly Group[] {
  return regions.map(({ name, after }) => ({
    name,
    needs: goal === 'up' ? after.map((group) => ({ group, until: 'ready' as const })) : [],
  }))
}

function unknownGoal(name: string, goal: string): Fault {
  return new Fault({
    code: 'goal-unknown',
    operation: 'plan environment',
    subject: name,
    hint: `an environment has the goals ${ENVIRONMENT_GOALS.join(', ')}, not ${goal}`,
  })
}
