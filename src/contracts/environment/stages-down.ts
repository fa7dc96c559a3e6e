/**
 * The stages of the way down: everything is stopped at once, except where an edge is marked `drain`,
 * or where a component is emptied first and needs what it stands on until then.
 */
import type { Need, Stage } from '../../core/plan/plan.ts'
import { copyInput, type Start, startsOf } from './copies.ts'
import type { Drain, EnvironmentDefinition } from './definition.ts'
import { lookCommand, STOP_TIMEOUT_MARGIN_MS, stopCommand } from './plan-commands.ts'
import { conditionOf } from './plan-condition.ts'
import { type Placement, placedStage, placementsOf } from './region.ts'
import { closeStage, frontName } from './roll.ts'
import { frontedRoll } from './shared-sockets.ts'

const LOOK_DEADLINE_MS = 15_000

/** Every stage, what is stopped last at the end. */
export function stagesDown(
  environment: string,
  definition: EnvironmentDefinition,
): readonly Stage[] {
  const placements = placementsOf(definition).toReversed()
  const running = placements.filter(({ component }) => component.run !== undefined)
  // Drain conditions speak of what still runs, so that is looked up under the components' names.
  const isDraining = running.some(({ component }) => component.drain !== undefined)
  const needsOf = (placement: Placement, closed: readonly Need[]): readonly Need[] => [
    ...(isDraining ? needLooks(placement) : []),
    ...closed,
    ...waitsFor(placement, placements).map(stopped(isDraining)),
  ]
  const stops = running.map((placement) => {
    const { stage, component } = placement
    const closed = { stage: frontName(stage), until: 'completed' as const }
    const needs = needsOf(placement, frontedRoll(component) === undefined ? [] : [closed])
    return stopStage(environment, placement, { name: stopName(stage, isDraining), needs })
  })
  // Whoever is still to do its work through a front finds it open until then.
  const closes = placements.flatMap((one) => closeStage(environment, one, needsOf(one, [])))
  if (!isDraining) return [...closes, ...stops]
  const looks = running.flatMap((placement) => {
    const needs = waitsFor(placement, placements).map(stopped(true))
    return looksOf(placement).map((start) => lookStage({ environment, placement, start, needs }))
  })
  return [...looks, ...closes, ...stops]
}

function stopName(stage: string, isDraining: boolean): string {
  return isDraining ? `${stage}/stop` : stage
}

function stopped(isDraining: boolean): (stage: string) => Need {
  return (stage) => ({ stage: stopName(stage, isDraining), until: 'completed' })
}

function stopStage(
  environment: string,
  placement: Placement,
  place: { readonly name: string; readonly needs: readonly Need[] },
): Stage {
  const { stage, component } = placement
  const { stop } = component
  return {
    ...placedStage(placement),
    ...place,
    command: stopCommand(`${environment}/${stage}`, component, {}),
    deadlineMs: stop.graceMs + STOP_TIMEOUT_MARGIN_MS,
    onBreach: 'hold',
    finishes: true,
  }
}

/**
 * The looks at a component: at the latest start of it, by which others know it; where its copies are to be
 * emptied, then at each of them.
 */
function looksOf(placement: Placement): readonly Start[] {
  const { stage, component } = placement
  const isEach = component.copies !== undefined && component.drain !== undefined
  return isEach ? [{ stage }, ...startsOf(placement)] : [{ stage }]
}

function needLooks(placement: Placement): readonly Need[] {
  return looksOf(placement).map(({ stage }) => ({ stage, until: 'completed' }))
}

interface LookedAt {
  readonly environment: string
  readonly placement: Placement
  readonly start: Start
  readonly needs: readonly Need[]
}

/** Finds what runs and, where it is to be emptied, proves that it is. What is gone has nothing left. */
function lookStage({ environment, placement, start, needs }: LookedAt): Stage {
  const { stage, component } = placement
  const isEmptied = component.copies === undefined || start.copy !== undefined
  const drain = isEmptied ? component.drain : undefined
  const { signal } = drain ?? {}
  const told = signal === undefined ? {} : { signal }
  return {
    ...placedStage(placement),
    name: start.stage,
    // Orders about one copy come after those about all of them.
    needs: [
      ...(start.copy === undefined ? [] : [{ stage, until: 'completed' as const }]),
      ...(drain === undefined ? [] : needs),
    ],
    command: lookCommand(
      `${environment}/${stage}`,
      component,
      drain === undefined ? {} : { ...copyInput(start), ...told, mustRun: true },
    ),
    conditions: drain === undefined ? [] : drainConditions(drain),
    deadlineMs: drain?.deadlineMs ?? LOOK_DEADLINE_MS,
    // One that is gone already has nothing to be emptied of, and must not keep the others up.
    onBreach: 'ignore',
    finishes: true,
  }
}

function drainConditions({ until }: Drain): Stage['conditions'] {
  return until.map((condition) => ({
    ...conditionOf(condition),
    onBreach: condition.onBreach ?? 'hold',
    watch: 'none',
  }))
}

/** The running components that must be gone before this one is stopped. */
function waitsFor(placement: Placement, placements: readonly Placement[]): readonly string[] {
  const waits = placements.filter(
    (other) =>
      other.component.run !== undefined &&
      (drains(other, placement.stage, placements) ||
        (other.component.drain !== undefined && reaches(other, placement.stage, placements))),
  )
  return waits.map(({ stage }) => stage).sort()
}

/** Whether a marked edge leads there, straight or through components that are proof alone. */
function drains(from: Placement, to: string, placements: readonly Placement[]): boolean {
  return from.needs.some((need) => {
    if (!need.drain) return false
    if (need.stage === to) return true
    const next = placements.find(({ stage }) => stage === need.stage)
    return next !== undefined && next.component.run === undefined && drains(next, to, placements)
  })
}

/** Whether it needs that one, straight or through others. */
function reaches(from: Placement, to: string, placements: readonly Placement[]): boolean {
  const seen = new Set([from.stage])
  for (const name of seen) {
    const needs = placements.find(({ stage }) => stage === name)?.needs ?? []
    for (const need of needs) seen.add(need.stage)
  }
  return from.stage !== to && seen.has(to)
}
