/** The stages of the way up: one for every component in every region, and one for what they agree on. */
import type { Stage } from '../../core/plan/plan.ts'
import { PLAIN_STAGE } from '../plain-stage.ts'
import type { EnvironmentDefinition } from './definition.ts'
import { gateConditionOf } from './gate.ts'
import { startCommand, stopCommand } from './plan-commands.ts'
import { comparedIn, conditionOf } from './plan-condition.ts'
import { ownedBy, type Placement, placementsOf } from './region.ts'
import {
  frontName,
  isRolling,
  retireStages,
  rollStages,
  settledNeed,
  waitForRegions,
} from './roll.ts'

/** The stage that proves what must hold across regions. No component is called so: theirs have a region. */
export const AGREE_STAGE = 'agree'

/** How long the regions may take to agree when nothing else is said. @unit ms */
export const AGREE_DEADLINE_MS = 60_000

/** Every stage, in the order of regions, then of components. */
export function stagesUp(environment: string, definition: EnvironmentDefinition): readonly Stage[] {
  const placements = placementsOf(definition)
  const stages = placements.flatMap((placement) => {
    const around = rollStages(environment, placement)
    return [stageUp(environment, placement, placements), ...around]
  })
  const agree = definition.agree.length === 0 ? [] : [agreeStage(definition, placements)]
  const waiting = isRolling(definition) ? stages.map(waitForRegions(stages, definition)) : stages
  const proved = [...waiting, ...agree]
  const retiring = placements.flatMap((placement) => retireStages(environment, placement, proved))
  return [...proved, ...retiring]
}

function stageUp(
  environment: string,
  placement: Placement,
  placements: readonly Placement[],
): Stage {
  const { stage, region, component, needs } = placement
  const { run, stop } = component
  const subject = `${environment}/${stage}`
  const isRolled = component.roll !== undefined
  return {
    ...PLAIN_STAGE,
    name: stage,
    ...(region === undefined ? {} : { group: region }),
    ...ownedBy(component),
    needs: [
      ...needs.map((need) => settledNeed(need, placements)),
      ...(isRolled ? [{ stage: frontName(stage), until: 'started' as const }] : []),
    ],
    gates: component.gates.map(gateConditionOf),
    ...(run === undefined
      ? {}
      : {
          command: startCommand(subject, run, stop, isRolled),
          compensation: stopCommand(subject, component, { onlyStartedByRamp: `\${run.id}` }),
        }),
    conditions: component.ready.map((condition) => conditionOf(condition)),
    deadlineMs: component.deadlineMs,
    onBreach: component.onBreach,
    retry: component.retry,
    finishes: run?.oneShot ?? false,
    optional: component.optional,
  }
}

/** Waits for everything, and breaks like everything else when what was agreed on no longer holds. */
function agreeStage(definition: EnvironmentDefinition, placements: readonly Placement[]): Stage {
  const { agree } = definition
  const longestMs = Math.max(...agree.map(({ deadlineMs = 0 }) => deadlineMs))
  return {
    ...PLAIN_STAGE,
    name: AGREE_STAGE,
    needs: placements.map(({ stage }) => settledNeed({ stage, until: 'ready' }, placements)),
    conditions: agree.map((condition) => conditionOf(condition, comparedIn(condition, placements))),
    deadlineMs: Math.max(AGREE_DEADLINE_MS, longestMs),
  }
}
