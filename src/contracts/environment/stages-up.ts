/** The stages of the way up: one for every component in every region, and one for what they agree on. */
import type { Command, Need, Stage } from '../../core/plan/plan.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { PLAIN_STAGE, THIS_RAMP } from '../plain-stage.ts'
import { copyInput, inTurn, type Start, startsOf } from './copies.ts'
import type { Component, EnvironmentDefinition } from './definition.ts'
import { gateConditionOf } from './gate.ts'
import { startCommand, stopCommand } from './plan-commands.ts'
import { comparedIn, conditionOf } from './plan-condition.ts'
import { type Placement, placedStage, placementsOf } from './region.ts'
import {
  frontName,
  isRolling,
  retireStages,
  rollStages,
  settledNeeds,
  waitForRegions,
} from './roll.ts'
import { finishCommand, frontedRoll } from './shared-sockets.ts'

/** The stage that proves what must hold across regions. No component is called so: theirs have a region. */
export const AGREE_STAGE = 'agree'

/** How long the regions may take to agree when nothing else is said. @unit ms */
export const AGREE_DEADLINE_MS = 60_000

/** Every stage, in the order of regions, then of components. */
export function stagesUp(environment: string, definition: EnvironmentDefinition): readonly Stage[] {
  const placements = placementsOf(definition)
  const stages = placements.flatMap((placement) => {
    const needs = placement.needs.flatMap((need) => settledNeeds(need, placements))
    const starts = startsOf(placement).map((start) =>
      stageUp({ environment, placement, start, needs }),
    )
    return [...starts, ...rollStages(environment, placement, needs)]
  })
  const agree = definition.agree.length === 0 ? [] : [agreeStage(definition, placements)]
  const waiting = isRolling(definition) ? stages.map(waitForRegions(stages, definition)) : stages
  const proved = [...waiting, ...agree]
  const retiring = placements.flatMap((placement) => retireStages(environment, placement, proved))
  return [...proved, ...retiring]
}

interface StartedUp {
  readonly environment: string
  readonly placement: Placement
  readonly start: Start
  /** What the component waits for. */
  readonly needs: readonly Need[]
}

function stageUp({ environment, placement, start, needs }: StartedUp): Stage {
  const { component } = placement
  return {
    ...placedStage(placement),
    name: start.stage,
    needs: [
      ...needs,
      ...(frontedRoll(component) === undefined
        ? []
        : [{ stage: frontName(placement.stage), until: 'started' as const }]),
    ],
    // People are asked once, before the front of all copies.
    gates: start.copy === undefined ? component.gates.map(gateConditionOf) : [],
    ...startedBy(`${environment}/${placement.stage}`, component, start),
    conditions: component.ready.map((condition) => conditionOf(condition)),
    deadlineMs: component.deadlineMs,
    onBreach: component.onBreach,
    retry: component.retry,
    finishes: component.run?.oneShot ?? false,
    optional: component.optional,
  }
}

/** How it is started, and taken back. */
function startedBy(
  subject: string,
  component: Component,
  start: Start,
): Pick<Stage, 'command' | 'compensation'> {
  const { run, stop, roll } = component
  if (run === undefined) return {}
  const copy = copyInput(start)
  const beside = roll === undefined ? {} : { beside: true, ...copy }
  const own = { onlyStartedByRamp: THIS_RAMP, ...copy }
  return {
    command: inTurn(startCommand(subject, { run, stop }, beside), component),
    compensation: inTurn(undoCommand(subject, component, own), component),
  }
}

/**
 * What shares a socket may answer somebody by then, as who gives way does; and once that one was asked to end
 * nobody else would be there.
 */
function undoCommand(subject: string, component: Component, own: JsonObject): Command {
  const { roll } = component
  const isShared = roll?.isShared === true
  return isShared
    ? finishCommand(subject, component, roll, { ...own, unlessGaveWay: true })
    : stopCommand(subject, component, own)
}

/** Waits for everything, and breaks like everything else when what was agreed on no longer holds. */
function agreeStage(definition: EnvironmentDefinition, placements: readonly Placement[]): Stage {
  const { agree } = definition
  const longestMs = Math.max(...agree.map(({ deadlineMs = 0 }) => deadlineMs))
  return {
    ...PLAIN_STAGE,
    name: AGREE_STAGE,
    needs: placements.flatMap(({ stage }) => settledNeeds({ stage, until: 'ready' }, placements)),
    conditions: agree.map((condition) => conditionOf(condition, comparedIn(condition, placements))),
    deadlineMs: Math.max(AGREE_DEADLINE_MS, longestMs),
  }
}
