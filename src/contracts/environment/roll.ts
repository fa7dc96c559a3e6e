/**
 * Replacing a component without a gap: its *front*, a port that stays the same, sends traffic to the
 * start that serves. One order whatever happens: start the new one beside the old one, prove it by its
 * own port, send traffic to it and nothing new to the old one, prove everything else of the ramp, see
 * that the old one answers nothing more, stop it. Until then undoing finds the old one as it was.
 */
import type { Condition } from '../../core/plan/condition.ts'
import type { Command, Need, Stage } from '../../core/plan/plan.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { onceCondition, PLAIN_STAGE } from '../plain-stage.ts'
import type { EnvironmentDefinition, Roll } from './definition.ts'
import { STOP_TIMEOUT_MARGIN_MS, stopCommand } from './plan-commands.ts'
import { ownedBy, type Placement } from './region.ts'
import type { WrittenRoll } from './written-roll.ts'

const DRAIN_MS = 30_000
const COMMAND_TIMEOUT_MS = 15_000

/** A roll with its defaults. @param ports the component's, in the order of their names */
export function rollOf(written: WrittenRoll, ports: readonly string[]): Roll {
  const { as = 'http', drain = DRAIN_MS } = written
  return { ports: [...(written.ports ?? ports)].sort(), as, drainMs: drain }
}

/** What the stage of a component's front is called, after the component. */
export const FRONT_SUFFIX = '/front'

/** The stage that opens a component's front: `api/front`. */
export function frontName(stage: string): string {
  return `${stage}${FRONT_SUFFIX}`
}

/** What whoever needs a component waits for: that traffic reaches the new one. */
export function settledNeed(need: Need, placements: readonly Placement[]): Need {
  const { stage, until } = need
  const target = placements.find((placement) => placement.stage === stage)
  const isRouted = target?.component.roll !== undefined && until !== 'started'
  return isRouted ? { stage: routeName(stage), until: 'ready' } : { stage, until }
}

/** The stages around a component that is rolled: its front before it, its route after it. */
export function rollStages(environment: string, placement: Placement): readonly Stage[] {
  const { stage, component } = placement
  const { roll } = component
  if (roll === undefined) return []
  const front = `${environment}/${stage}`
  return [
    {
      ...commonOf(placement, frontName(stage)),
      command: frontCommand('open', { front, ports: portsOf(roll) }),
      compensation: frontCommand('close', { front, unlessRouted: true }),
    },
    {
      ...commonOf(placement, routeName(stage)),
      needs: [{ stage, until: 'ready' }],
      command: frontCommand('switch', { front, to: instanceOf(stage) }),
      compensation: frontCommand('switchBack', { front, from: instanceOf(stage) }),
    },
  ]
}

/** Whether anything of it is replaced without a gap. */
export function isRolling({ components }: EnvironmentDefinition): boolean {
  return components.some(({ roll }) => roll !== undefined)
}

/** Lets a stage wait for all stages of the regions that its own one comes after. */
export function waitForRegions(
  stages: readonly Stage[],
  { regions }: EnvironmentDefinition,
): (stage: Stage) => Stage {
  return (stage) => {
    const after = regions.find(({ name }) => name === stage.group)?.after ?? []
    const earlier = stages.filter(({ group }) => group !== undefined && after.includes(group))
    const known = new Set(stage.needs.map((need) => need.stage))
    const more = earlier.filter(({ name }) => !known.has(name)).map(provedNeed)
    return more.length === 0 ? stage : { ...stage, needs: [...stage.needs, ...more] }
  }
}

/** The stages that end what is replaced, once everything else of the ramp is proved. */
export function retireStages(
  environment: string,
  placement: Placement,
  proved: readonly Stage[],
): readonly Stage[] {
  const { stage, component } = placement
  const { roll } = component
  if (roll === undefined) return []
  const subject = `${environment}/${stage}`
  const drained = `${stage}/drained`
  return [
    {
      ...commonOf(placement, drained),
      needs: proved.map(provedNeed),
      conditions: [drainedCondition(subject, stage)],
      deadlineMs: Math.max(1, roll.drainMs),
      // What takes longer is cut off, and the record says that it was.
      onBreach: 'ignore',
    },
    {
      ...commonOf(placement, `${stage}/retire`),
      needs: [{ stage: drained, until: 'ready' }],
      command: stopCommand(subject, component, { except: instanceOf(stage) }),
      deadlineMs: component.stop.graceMs + STOP_TIMEOUT_MARGIN_MS,
      onBreach: 'hold',
      finishes: true,
    },
  ]
}

/** Closes the front of a component before it is stopped for good. */
export function closeStage(environment: string, placement: Placement): readonly Stage[] {
  const { stage, component } = placement
  if (component.roll === undefined) return []
  const front = `${environment}/${stage}`
  return [
    {
      ...commonOf(placement, frontName(stage)),
      command: frontCommand('close', { front }),
      onBreach: 'hold',
      finishes: true,
    },
  ]
}

/** Tells where the front of a component that runs is. */
export function lookStage(environment: string, placement: Placement): readonly Stage[] {
  const { stage, component } = placement
  if (component.roll === undefined) return []
  const command = frontCommand('look', { front: `${environment}/${stage}` })
  return [{ ...commonOf(placement, frontName(stage)), command, onBreach: 'ignore' }]
}

function routeName(stage: string): string {
  return `${stage}/route`
}

function commonOf({ region, component }: Placement, name: string): Stage {
  return {
    ...PLAIN_STAGE,
    name,
    ...(region === undefined ? {} : { group: region }),
    ...ownedBy(component),
    deadlineMs: 2 * COMMAND_TIMEOUT_MS,
    optional: component.optional,
  }
}

function frontCommand(operation: string, input: JsonObject): Command {
  return { actuator: 'front', operation, input, timeoutMs: COMMAND_TIMEOUT_MS }
}

function portsOf({ ports, as }: Roll): JsonObject {
  return Object.fromEntries(ports.map((name) => [name, { as }]))
}

/** Which start it is, as the command that started it has told. */
function instanceOf(stage: string): string {
  return `\${component(${JSON.stringify(stage)}).instance}`
}

function drainedCondition(front: string, stage: string): Condition {
  const input = { front, except: instanceOf(stage) }
  return onceCondition('in-flight', { probe: 'in-flight', input, timeoutMs: 2_000 })
}

function provedNeed({ name, finishes }: Stage): Need {
  return { stage: name, until: finishes ? 'completed' : 'ready' }
}
