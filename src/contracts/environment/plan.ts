/**
 * An environment to a plan: up, a stage for every component in every region, each taken back by
 * stopping it; down, a stage for every component that runs; watch, a stage for every one that is asked on. Holds templates, never their values, and
 * nothing about the machine or the folder it was made in.
 */

import { Fault } from '../../core/fault/fault.ts'
import type { Group, Plan, Stage } from '../../core/plan/plan.ts'
import type { PlanRequest } from '../contract.ts'
import type { EnvironmentContract, EnvironmentDefinition } from './definition.ts'
import { isRolling } from './roll.ts'
import { stagesDown } from './stages-down.ts'
import { stagesUp } from './stages-up.ts'
import { stagesWatch } from './stages-watch.ts'
import { aimEnvironment } from './target.ts'

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
 * @throws target-unknown, target-missing when the contract has others than the one that is named
 */
export function planEnvironment(contract: EnvironmentContract, request: PlanRequest): Plan {
  const { goal, target } = request
  const { kind, name, digest } = contract
  const stagesOf = STAGES.get(goal)
  if (stagesOf === undefined) throw unknownGoal(name, goal)
  // What is taken down without a target is whatever any of them may have brought up.
  const isWhole = goal === 'down' && target === undefined
  const definition = isWhole ? contract.definition : aimEnvironment(contract, target)
  const stages = stagesOf(name, definition)
  const retryBudget = stages.reduce((sum, stage) => sum + stage.retry.limit, 0)
  const groups = groupsOf(definition, goal)
  return {
    planVersion: 1,
    contract: { kind, name, digest, ...(target === undefined ? {} : { target }) },
    goal,
    groups,
    stages,
    retryBudget,
    ...(goal === 'watch' ? watching(definition) : {}),
  }
}

function watching({ watch }: EnvironmentDefinition): Pick<Plan, 'endless' | 'notify'> {
  return { endless: true, ...(watch?.notify === undefined ? {} : { notify: { ...watch.notify } }) }
}

/** What follows by itself: what is up is watched, unless the contract says otherwise. */
export function nextGoal(
  contract: EnvironmentContract,
  { goal, target }: PlanRequest,
): string | undefined {
  if (goal !== 'up') return undefined
  return aimEnvironment(contract, target).watch === undefined ? undefined : 'watch'
}

/**
 * Regions, each waiting on the way up for those that it comes after; where something is rolled, its
 * stages wait by themselves, since what ends in one region waits for the proof of all.
 */
function groupsOf(definition: EnvironmentDefinition, goal: string): readonly Group[] {
  const isWaiting = goal === 'up' && !isRolling(definition)
  return definition.regions.map(({ name, after }) => ({
    name,
    needs: isWaiting ? after.map((group) => ({ group, until: 'ready' as const })) : [],
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
