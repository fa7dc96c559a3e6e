/**
 * A Ports contract to a plan. Up: the machine can do it, the policy is in force, every fixed port is
 * held, and what the contract said before is retired once nobody has a port by it alone. Down: nothing
 * is granted any more, every lease is drained and released, none is left. The commands are the
 * actuator's `ports`.
 */
import { Fault } from '../../core/fault/fault.ts'
import type { Plan, Stage } from '../../core/plan/plan.ts'
import type { PlanRequest } from '../contract.ts'
import type { PortsContract } from './definition.ts'
import { inRegions } from './in-regions.ts'
import { stagesDown } from './stages-down.ts'
import { stagesUp } from './stages-up.ts'

const STAGES: ReadonlyMap<string, (contract: PortsContract) => readonly Stage[]> = new Map([
  ['up', stagesUp],
  ['down', stagesDown],
])

/** What a ramp of a Ports contract can lead to. */
export const PORTS_GOALS: readonly string[] = [...STAGES.keys()]

/**
 * The plan of a Ports contract.
 *
 * @throws goal-unknown when the goal is none of these
 */
export function planPorts(contract: PortsContract, { goal }: PlanRequest): Plan {
  const { kind, name, digest } = contract
  const stagesOf = STAGES.get(goal)
  if (stagesOf === undefined) throw unknownGoal(name, goal)
  return {
    planVersion: 1,
    contract: { kind, name, digest },
    goal,
    ...inRegions(stagesOf(contract), contract.definition.regions),
    retryBudget: 0,
  }
}

function unknownGoal(name: string, goal: string): Fault {
  return new Fault({
    code: 'goal-unknown',
    operation: 'plan ports',
    subject: name,
    hint: `a Ports contract has the goals ${PORTS_GOALS.join(' and ')}, not ${goal}`,
  })
}
