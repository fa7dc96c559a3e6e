/**
 * The stages of watching: what was proved on the way up is asked on, slowly, of what runs now. Nothing
 * is started and nothing restarted; taking down is the only thing that a broken promise may lead to.
 */
import type { Condition } from '../../core/plan/condition.ts'
import type { Need, Stage } from '../../core/plan/plan.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { PLAIN_STAGE } from '../plain-stage.ts'
import { copyInput, inTurn, needStarts, type Start, startsOf } from './copies.ts'
import type { EnvironmentDefinition, Watching } from './definition.ts'
import { lookCommand, stopCommand } from './plan-commands.ts'
import { comparedIn, conditionOf } from './plan-condition.ts'
import type { ReadyCondition } from './ready-condition.ts'
import { type Placement, placedStage, placementsOf } from './region.ts'
import { frontName, lookStage } from './roll.ts'
import { AGREE_DEADLINE_MS, AGREE_STAGE } from './stages-up.ts'

/** Where a breach is only recorded, what is not proved is waited for as long as it is watched. @unit ms */
const FOREVER_MS = 365 * 24 * 60 * 60 * 1_000

/** Every stage; none when the environment is not watched. */
export function stagesWatch(
  environment: string,
  definition: EnvironmentDefinition,
): readonly Stage[] {
  const { watch, agree } = definition
  if (watch === undefined) return []
  const placements = placementsOf(definition)
  const stages = placements.flatMap((placement) => {
    const needs = placement.needs.flatMap(({ stage }) => knownBy(stage, placements))
    const starts = startsOf(placement).map((start) =>
      watchStage({ environment, placement, start, needs, watch }),
    )
    return [...starts, ...lookStage(environment, placement)]
  })
  if (agree.length === 0) return stages
  const conditions = agree
    .filter(isAskedOn)
    .map((one) => slowed(conditionOf(one, comparedIn(one, placements)), watch))
  const needs = placements.flatMap(({ stage }) => knownBy(stage, placements))
  // No region is to blame alone for what regions do not agree on.
  const onBreach = watch.onBreach === 'undoGroup' ? 'hold' : watch.onBreach
  const deadlineMs = deadlineOf(watch, AGREE_DEADLINE_MS)
  return [...stages, { ...PLAIN_STAGE, name: AGREE_STAGE, needs, conditions, deadlineMs, onBreach }]
}

function deadlineOf({ onBreach }: Watching, deadlineMs: number): number {
  return onBreach === 'ignore' ? FOREVER_MS : deadlineMs
}

/** What must have been looked at before somebody who needs a component can speak of it. */
function knownBy(stage: string, placements: readonly Placement[]): readonly Need[] {
  const target = placements.find((placement) => placement.stage === stage)
  if (target?.component.copies === undefined) return [{ stage, until: 'started' }]
  // By its front alone are copies known to others.
  return [...needStarts(target, 'started'), { stage: frontName(stage), until: 'started' }]
}

interface Watched {
  readonly environment: string
  readonly placement: Placement
  readonly start: Start
  /** Only so that what it refers to is known: one that is broken must not keep others unwatched. */
  readonly needs: readonly Need[]
  readonly watch: Watching
}

function watchStage({ environment, placement, start, needs, watch }: Watched): Stage {
  const { stage, component } = placement
  const { run } = component
  const subject = `${environment}/${stage}`
  const isRunning = run !== undefined && !run.oneShot
  const commands = isRunning
    ? {
        command: lookCommand(subject, component, copyInput(start)),
        compensation: inTurn(stopCommand(subject, component, copyInput(start)), component),
      }
    : {}
  const conditions = component.ready.filter(
    (condition) => isAskedOn(condition) && (isRunning || !speaksOfItself(condition)),
  )
  return {
    ...placedStage(placement),
    name: start.stage,
    needs,
    ...commands,
    conditions: conditions.map((condition) => slowed(conditionOf(condition), watch)),
    // What a ramp goes on without is recorded when it is missing, and takes nothing else down.
    deadlineMs: component.optional ? FOREVER_MS : deadlineOf(watch, component.deadlineMs),
    onBreach: component.optional ? 'ignore' : watch.onBreach,
  }
}

function isAskedOn({ watch }: ReadyCondition): boolean {
  return watch !== 'none'
}

/** Whether it asks about the component's own process, which a one-shot no longer has. */
function speaksOfItself({ probe, input }: ReadyCondition): boolean {
  const ownProcess = probe === 'exit' || probe === 'log' || probe === 'notify'
  return ownProcess || /\$\{[^}]*\bself\b/.test(JSON.stringify(input satisfies JsonObject))
}

/** The policy is that of watching: what was right while ramping up may be too much now. */
function slowed(condition: Condition, { everyMs }: Watching): Condition {
  const { onBreach, deadlineMs, ...rest } = condition
  const { question } = rest
  if (question.ask !== 'probe') return { ...rest, watch: 'ramp' }
  const cadence = { ...question.cadence, watchMs: Math.max(everyMs, question.cadence.watchMs) }
  return { ...rest, watch: 'ramp', question: { ...question, cadence } }
}
