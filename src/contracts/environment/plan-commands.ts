/** The commands of an environment's plans. They hold templates, never their values. */
import type { Command } from '../../core/plan/plan.ts'
import { digestOf } from '../../core/units/digest.ts'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { printCommandText } from './command-text.ts'
import type { Run, Stop } from './definition.ts'

/** How long a process may take to be started, ready or not. @unit ms */
export const START_TIMEOUT_MS = 30_000

/** How long the end of a process may take to be proved, after its grace. @unit ms */
export const STOP_TIMEOUT_MARGIN_MS = 10_000

/** How long looking at what runs may take. @unit ms */
const LOOK_TIMEOUT_MS = 10_000

/** Starts a component, or takes over the one that runs already as it should. */
export function startCommand(subject: string, run: Run, stop: Stop): Command {
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

/** Stops a component. */
export function stopCommand(subject: string, stop: Stop, more: JsonObject): Command {
  const input = { subject, stop: stopInput(stop), ...more }
  const timeoutMs = stop.graceMs + STOP_TIMEOUT_MARGIN_MS
  return { actuator: 'process', operation: 'stop', input, timeoutMs }
}

/** Finds what runs of a component, and may send it a signal; changes nothing else. */
export function lookCommand(
  subject: string,
  wish: { readonly signal?: string; readonly mustRun?: boolean } = {},
): Command {
  const input = { subject, ...wish }
  return { actuator: 'process', operation: 'look', input, timeoutMs: LOOK_TIMEOUT_MS }
}

function stopInput(stop: Stop): JsonObject {
  const { signal, graceMs, command } = stop
  if (command === undefined) return { signal, graceMs }
  return { signal, graceMs, command: command.map(printCommandText) }
}

/** The folder to run in: the contract's own is known only where it is run. */
export function folder(cwd: string): string {
  const steps = cwd.split('/').filter((step) => step !== '' && step !== '.')
  return [`\${run.directory}`, ...steps].join('/')
}

function mapValues(
  record: Readonly<Record<string, string>>,
  map: (text: string) => string,
): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
