/**
 * Replacing a component without a gap: its *front*, a port that stays the same, sends traffic to the
 * start that serves. One order whatever happens: start the new one beside the old one, prove it by its
 * own port, send traffic to it and nothing new to the old one, prove everything else of the ramp, see
 * that the old one answers nothing more, stop it. Until then undoing finds the old one as it was. Where a
 * component has copies, all of this is said of the set of them: the new one, and whatever is not in it.
 */
import type { Condition } from '../../core/plan/condition.ts'
import type { Command, Need, Stage } from '../../core/plan/plan.ts'
import { DRAIN_MS, type OwnParting, PARTING_MOST_MS } from '../../core/port/parting.ts'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { onceCondition, THIS_RAMP } from '../plain-stage.ts'
import { carrierInput, carrierOf } from './carrier.ts'
import { needStarts, startsOf } from './copies.ts'
import type { EnvironmentDefinition, Roll } from './definition.ts'
import { gateConditionOf } from './gate.ts'
import { STOP_TIMEOUT_MARGIN_MS, stopCommand } from './plan-commands.ts'
import { type Placement, placedStage } from './region.ts'
import { finishCommand, frontedRoll } from './shared-sockets.ts'
import type { WrittenRoll } from './written-roll.ts'

const COMMAND_TIMEOUT_MS = 15_000

/** How much later than those who part a stage gives up, so that it is them who say why. @unit ms */
const MARGIN_MS = 1_000

/** With a proxy, of which each change may be a reload. @unit ms */
const PROXY_TIMEOUT_MS = 60_000

/** A roll with its defaults. @param ports the component's, in the order of their names */
export function rollOf(written: WrittenRoll, ports: readonly string[]): Roll {
  const { as = 'http', drain, linger } = written
  const isShared = written.by === 'descriptor'
  const by = written.by === 'descriptor' ? undefined : carrierOf(written.by)
  return {
    ports: [...(written.ports ?? ports)].sort(),
    as,
    ...(drain === undefined ? {} : { drainMs: drain }),
    ...(linger === undefined ? {} : { lingerMs: linger }),
    ...(by === undefined ? {} : { by }),
    ...(isShared ? { isShared } : {}),
    ...(written.tls === undefined ? {} : { tls: written.tls }),
  }
}

/** What the stage of a component's front is called, after the component. */
const FRONT_SUFFIX = '/front'

/** The stage that opens a component's front: `api/front`. */
export function frontName(stage: string): string {
  return `${stage}${FRONT_SUFFIX}`
}

/** What whoever needs a component waits for: that traffic reaches the new one, or all copies. */
export function settledNeeds(
  { stage, until }: Need,
  placements: readonly Placement[],
): readonly Need[] {
  const target = placements.find((placement) => placement.stage === stage)
  if (target === undefined || frontedRoll(target.component) === undefined) return [{ stage, until }]
  return until === 'started'
    ? needStarts(target, until)
    : [{ stage: routeName(stage), until: 'ready' }]
}

/**
 * The stages around a component that is rolled: its front before it, its route after it. What copies
 * wait for their front waits for as well, so that people are asked once, and as late as may be.
 */
export function rollStages(
  environment: string,
  placement: Placement,
  needs: readonly Need[],
): readonly Stage[] {
  const { stage, component } = placement
  const roll = frontedRoll(component)
  if (roll === undefined) return []
  const front = `${environment}/${stage}`
  const by = carriedBy(roll)
  const tell = (operation: string, input: JsonObject): Command =>
    frontCommand(operation, { front, ...input }, roll)
  return [
    {
      ...commonOf(placement, frontName(stage)),
      ...(component.copies === undefined
        ? {}
        : { needs, gates: component.gates.map(gateConditionOf) }),
      command: tell('open', { ports: portsOf(roll), ramp: THIS_RAMP, ...by }),
      // What stood before stays: behind it clients may wait for somebody to serve them.
      compensation: tell('close', { unlessRouted: true, ramp: THIS_RAMP }),
    },
    {
      ...commonOf(placement, routeName(stage)),
      needs: needStarts(placement, 'ready'),
      command: tell('switch', { to: startedOf(placement), ...ownWords(roll) }),
      compensation: tell('switchBack', {
        from: startedOf(placement),
        to: servedBefore(placement),
      }),
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
  const needs = proved.map(provedNeed)
  if (roll.isShared === true) return [giveWayStage(subject, placement, roll, needs)]
  const drained = `${stage}/drained`
  return [
    {
      ...commonOf(placement, drained),
      needs,
      conditions: [drainedCondition(subject, startedOf(placement))],
      deadlineMs: partingMostMs(roll) + MARGIN_MS,
      // What takes longer is cut off, and the record says that it was.
      onBreach: 'ignore',
    },
    {
      ...commonOf(placement, `${stage}/retire`),
      needs: [{ stage: drained, until: 'ready' }],
      command: stopCommand(subject, component, { except: startedOf(placement) }),
      deadlineMs: component.stop.graceMs + STOP_TIMEOUT_MARGIN_MS,
      onBreach: 'hold',
      finishes: true,
    },
  ]
}

/** Asks those to end whose socket another start shares: that is also how they take nothing new. */
function giveWayStage(
  subject: string,
  placement: Placement,
  roll: Roll,
  needs: readonly Need[],
): Stage {
  const command = finishCommand(subject, placement.component, roll, {
    except: startedOf(placement),
  })
  return {
    ...commonOf(placement, `${placement.stage}/retire`),
    needs,
    command,
    deadlineMs: command.timeoutMs,
    onBreach: 'hold',
    finishes: true,
  }
}

/** Closes the front of a component before it is stopped for good. */
export function closeStage(
  environment: string,
  placement: Placement,
  needs: readonly Need[],
): readonly Stage[] {
  const { stage, component } = placement
  const roll = frontedRoll(component)
  if (roll === undefined) return []
  const front = `${environment}/${stage}`
  return [
    {
      ...commonOf(placement, frontName(stage)),
      needs,
      command: frontCommand('close', { front }, roll),
      onBreach: 'hold',
      finishes: true,
    },
  ]
}

/** Components as others see them: each that has a front is where its front is. */
export function seenByFronts(
  components: Readonly<Record<string, JsonObject>>,
): Readonly<Record<string, JsonObject>> {
  const fronts = Object.entries(components).filter(([name]) => name.endsWith(FRONT_SUFFIX))
  if (fronts.length === 0) return components
  const reached = fronts.map(([name, { host, ports }]) => {
    const component = name.slice(0, -FRONT_SUFFIX.length)
    const own = components[component] ?? {}
    const both = { ...(own['ports'] as JsonObject), ...(ports as JsonObject) }
    return [component, { ...own, ...(host === undefined ? {} : { host }), ports: both }]
  })
  return { ...components, ...Object.fromEntries(reached) }
}

/** Tells where the front of a component that runs is. */
export function lookStage(environment: string, placement: Placement): readonly Stage[] {
  const { stage, component } = placement
  const roll = frontedRoll(component)
  if (roll === undefined) return []
  const command = frontCommand('look', { front: `${environment}/${stage}` }, roll)
  return [{ ...commonOf(placement, frontName(stage)), command, onBreach: 'ignore' }]
}

function routeName(stage: string): string {
  return `${stage}/route`
}

function commonOf(placement: Placement, name: string): Stage {
  const { component } = placement
  return {
    ...placedStage(placement),
    name,
    deadlineMs: 2 * timeoutOf(component.roll),
    optional: component.optional,
  }
}

function timeoutOf(roll: Roll | undefined): number {
  return roll?.by === undefined ? COMMAND_TIMEOUT_MS : PROXY_TIMEOUT_MS
}

function frontCommand(operation: string, input: JsonObject, roll: Roll): Command {
  return { actuator: 'front', operation, input, timeoutMs: timeoutOf(roll) }
}

/** Who carries a front, and the TLS that it ends. */
function carriedBy({ by, tls }: Roll): JsonObject {
  return {
    ...(by === undefined ? {} : { by: carrierInput(by) }),
    ...(tls === undefined ? {} : { tls: { ...tls } }),
  }
}

function portsOf({ ports, as }: Roll): JsonObject {
  return Object.fromEntries(ports.map((name) => [name, { as }]))
}

/** Which start it is, or which ones its copies are, as the commands that started them have told. */
function startedOf(placement: Placement): Json {
  const told = startsOf(placement).map(({ stage }) => outputOf(stage, 'instance'))
  return placement.component.copies === undefined ? (told[0] ?? '') : told
}

/** Those that served when the front was found, before anything was started: they may be the same ones. */
function servedBefore({ stage }: Placement): string {
  return outputOf(frontName(stage), 'serving')
}

function outputOf(stage: string, output: string): string {
  return `\${component(${JSON.stringify(stage)}).${output}}`
}

function drainedCondition(front: string, except: Json): Condition {
  const input = { front, except }
  return onceCondition('in-flight', { probe: 'in-flight', input, timeoutMs: 2_000 })
}

/** What it says of how the old one parts with its port; whoever moves the traffic knows the rest. */
function ownWords({ drainMs, lingerMs }: Roll): JsonObject {
  return {
    ...(drainMs === undefined ? {} : { drainMs }),
    ...(lingerMs === undefined ? {} : { lingerMs }),
  }
}

/** How long the old one is waited for at most, whatever is said elsewhere. */
function partingMostMs({ drainMs, lingerMs }: OwnParting): number {
  if (drainMs === undefined && lingerMs === undefined) return PARTING_MOST_MS
  return (drainMs ?? DRAIN_MS) + (lingerMs ?? 0)
}

function provedNeed({ name, finishes }: Stage): Need {
  return { stage: name, until: finishes ? 'completed' : 'ready' }
}
