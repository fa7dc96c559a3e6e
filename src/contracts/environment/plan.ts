/**
 * An environment to a plan: up, a stage for every component, each taken back by stopping it; down, a
 * stage for every component that runs, in the opposite order. Holds templates, never their values,
 * and nothing about the machine or the folder it was made in.
 */

import { Fault } from '../../core/fault/fault.ts'
import type { Condition } from '../../core/plan/condition.ts'
import type { Command, Need, Plan, Stage } from '../../core/plan/plan.ts'
import { digestOf } from '../../core/units/digest.ts'
import type { Json, JsonObject } from '../../core/units/json.ts'
import type { PlanRequest } from '../contract.ts'
import { probeInputs } from '../probes/index.ts'
import { printCommandText } from './command-text.ts'
import type { Component, EnvironmentContract, ReadyCondition, Run, Stop } from './definition.ts'

/** What an environment's ramp can lead to. */
export const ENVIRONMENT_GOALS: readonly string[] = ['up', 'down']

/** How long a process may take to be started, ready or not. @unit ms */
export const START_TIMEOUT_MS = 30_000

/** How long the end of a process may take to be proved, after its grace. @unit ms */
export const STOP_TIMEOUT_MARGIN_MS = 10_000

/**
 * The plan of an environment.
 *
 * @throws goal-unknown when the goal is neither `up` nor `down`.
 */
export function planEnvironment(contract: EnvironmentContract, request: PlanRequest): Plan {
  const { goal } = request
  const { components } = contract.definition
  const { kind, name, digest } = contract
  const stages =
    goal === 'up'
      ? components.map((component) => stageUp(name, component))
      : goal === 'down'
        ? stagesDown(name, components)
        : undefined
  if (stages === undefined) throw unknownGoal(name, goal)
  const retryBudget = stages.reduce((sum, stage) => sum + stage.retry.limit, 0)
  return {
    planVersion: 1,
    contract: { kind, name, digest },
    goal,
    groups: [],
    stages,
    retryBudget,
  }
}

function stageUp(environment: string, component: Component): Stage {
  const { run, stop } = component
  const subject = `${environment}/${component.name}`
  return {
    name: component.name,
    needs: component.needs.map((need) => ({ stage: need.component, until: need.until })),
    gates: [],
    ...(run === undefined
      ? {}
      : {
          command: startCommand(subject, run, stop),
          compensation: stopCommand(subject, stop, { onlyStartedByRamp: `\${run.id}` }),
        }),
    conditions: component.ready.map(conditionOf),
    guards: [],
    deadlineMs: component.deadlineMs,
    onBreach: component.onBreach,
    retry: component.retry,
    finishes: run?.oneShot ?? false,
    optional: component.optional,
    pivot: false,
  }
}

function startCommand(subject: string, run: Run, stop: Stop): Command {
  const { command, cwd, env, inherit, oneShot, notify } = run
  const ports = Object.fromEntries(run.ports.map((name) => [name, {}]))
  const input = {
    subject,
    command: command.map(printCommandText),
    cwd: folder(cwd),
    env: mapValues(env, printCommandText),
    inherit,
    ports,
    oneShot,
    digest: digestOf(run),
    stop: stopInput(stop),
    ...(notify === undefined ? {} : { notify: { ...notify } }),
  }
  return { actuator: 'process', operation: 'start', input, timeoutMs: START_TIMEOUT_MS }
}

function stopCommand(subject: string, stop: Stop, more: JsonObject): Command {
  const input = { subject, stop: stopInput(stop), ...more }
  const timeoutMs = stop.graceMs + STOP_TIMEOUT_MARGIN_MS
  return { actuator: 'process', operation: 'stop', input, timeoutMs }
}

function stopInput(stop: Stop): JsonObject {
  const { signal, graceMs, command } = stop
  if (command === undefined) return { signal, graceMs }
  return { signal, graceMs, command: command.map(printCommandText) }
}

/** The folder to run in: the contract's own is known only where it is run. */
function folder(cwd: string): string {
  const steps = cwd.split('/').filter((step) => step !== '' && step !== '.')
  return [`\${run.directory}`, ...steps].join('/')
}

/** The input with its path, if it has one, counted from the contract's folder. */
function placedInput({ probe, input }: ReadyCondition): JsonObject {
  const { path: member } = probeInputs[probe]
  if (member === undefined) return input
  const path = input[member] ?? '.'
  const isPlaced = typeof path !== 'string' || path.startsWith('/') || path.startsWith('${')
  return isPlaced ? input : { ...input, [member]: folder(path) }
}

function conditionOf(condition: ReadyCondition): Condition {
  const { probe, when, timeoutMs, cadence } = condition
  const { name, consecutive, holdMs, deadlineMs, onBreach, watch, tolerance } = condition
  return {
    name,
    question: {
      ask: 'probe',
      probe,
      input: placedInput(condition),
      ...(when === undefined ? {} : { when }),
      timeoutMs,
      cadence,
    },
    consecutive,
    holdMs,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(onBreach === undefined ? {} : { onBreach }),
    watch,
    tolerance,
  }
}

/** Components are stopped once everything that needs them has been stopped. */
function stagesDown(environment: string, components: readonly Component[]): readonly Stage[] {
  const running = components.filter((component) => component.run !== undefined)
  return running.toReversed().map(
    (component): Stage => ({
      name: component.name,
      needs: dependentsOf(component, components).map(
        (stage): Need => ({ stage, until: 'completed' }),
      ),
      gates: [],
      command: stopCommand(`${environment}/${component.name}`, component.stop, {}),
      conditions: [],
      guards: [],
      deadlineMs: component.stop.graceMs + STOP_TIMEOUT_MARGIN_MS,
      onBreach: 'hold',
      retry: { limit: 0, backoffMs: 0 },
      finishes: true,
      optional: false,
      pivot: false,
    }),
  )
}

/** The nearest components that run and need this one, looking through those that are proof alone. */
function dependentsOf(component: Component, components: readonly Component[]): readonly string[] {
  const found = new Set<string>()
  const seen = new Set<string>()
  const visit = (needed: string): void => {
    for (const other of components) {
      if (!other.needs.some((need) => need.component === needed) || seen.has(other.name)) continue
      seen.add(other.name)
      if (other.run === undefined) visit(other.name)
      else found.add(other.name)
    }
  }
  visit(component.name)
  return [...found].sort()
}

function mapValues(
  record: Readonly<Record<string, string>>,
  map: (text: string) => string,
): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}

function unknownGoal(name: string, goal: string): Fault {
  return new Fault({
    code: 'goal-unknown',
    operation: 'plan environment',
    subject: name,
    hint: `an environment goes ${ENVIRONMENT_GOALS.join(' or ')}, not ${goal}`,
  })
}
