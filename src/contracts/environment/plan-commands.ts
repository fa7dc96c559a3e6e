/** The commands of an environment's plans. They hold templates, never their values. */
import type { Command } from '../../core/plan/plan.ts'
import { digestOf } from '../../core/units/digest.ts'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { printCommandText } from './command-text.ts'
import type { Component, Stop } from './definition.ts'
import { actuatorOf, type ContainerRun, type ExternalRun, type Run } from './run.ts'

/** How long a process may take to be started, ready or not. @unit ms */
const START_TIMEOUT_MS = 30_000

/** How long the end of a process may take to be proved, after its grace. @unit ms */
export const STOP_TIMEOUT_MARGIN_MS = 10_000

/** How long looking at what runs may take. @unit ms */
const LOOK_TIMEOUT_MS = 10_000

/** How long a container may take to be started; its image may have to be fetched. @unit ms */
const CONTAINER_START_TIMEOUT_MS = 300_000

/**
 * Starts a component, or takes over the one that runs already as it should.
 *
 * @param more whether one that runs and should not goes on `beside` it, and which `copy` it is
 */
export function startCommand(
  subject: string,
  { run, stop }: Pick<Component, 'stop'> & { readonly run: Run },
  more: JsonObject = {},
): Command {
  const { container, external } = run
  if (container !== undefined) return startContainer({ subject, run, stop, container })
  if (external !== undefined) return observe('start', subject, external)
  const { command, cwd, env, inherit, oneShot, notify } = run
  const ports = Object.fromEntries(run.ports.map((name) => [name, givenHow(run, name)]))
  const input = {
    subject,
    command: command.map(printCommandText),
    cwd: folder(cwd),
    env: mapValues(env, printCommandText),
    inherit,
    ports,
    ...(run.address === undefined ? {} : { host: run.address }),
    oneShot,
    ...more,
    digest: digestOf(run),
    stop: stopInput(stop),
    ...(notify === undefined ? {} : { notify: { ...notify } }),
  }
  return { actuator: 'process', operation: 'start', input, timeoutMs: START_TIMEOUT_MS }
}

/** How a process is given a port. */
function givenHow(run: Run, name: string): JsonObject {
  const { inheritedPorts, sharedPorts } = run
  if (sharedPorts?.includes(name) === true) return { inherit: true, share: true }
  const inherit = inheritedPorts?.includes(name) === true ? { inherit: true } : {}
  return { ...inherit, ...protocolIn(run, name) }
}

function protocolIn({ protocols }: Run, name: string): JsonObject {
  const protocol = protocols?.[name]
  return protocol === undefined ? {} : { protocol }
}

function startContainer(options: {
  readonly subject: string
  readonly run: Run
  readonly stop: Stop
  readonly container: ContainerRun
}): Command {
  const { subject, run, stop, container } = options
  const { image, allowTag, pull, entrypoint, command, cwd, user, networks, mounts } = container
  const ports = run.ports.map((name) => [
    name,
    { ...innerOf(container, name), ...protocolIn(run, name) },
  ])
  const input = {
    subject,
    image: printCommandText(image),
    allowTag,
    pull,
    ...(entrypoint === undefined ? {} : { entrypoint: entrypoint.map(printCommandText) }),
    ...(command === undefined ? {} : { command: command.map(printCommandText) }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(user === undefined ? {} : { user: printCommandText(user) }),
    env: mapValues(run.env, printCommandText),
    inherit: run.inherit,
    ports: Object.fromEntries(ports),
    networks,
    mounts: mounts.map(({ source, ...rest }) => ({ source: placed(source), ...rest })),
    oneShot: run.oneShot,
    digest: digestOf(run),
    stop: stopInput(stop),
  }
  const timeoutMs = CONTAINER_START_TIMEOUT_MS
  return { actuator: 'container', operation: 'start', input, timeoutMs }
}

function innerOf({ inner }: ContainerRun, name: string): JsonObject {
  const port = inner[name]
  return port === undefined ? {} : { container: port }
}

function observe(
  operation: 'start' | 'look',
  subject: string,
  { host, ports }: ExternalRun,
): Command {
  const input = { subject, host, ports }
  return { actuator: 'external', operation, input, timeoutMs: LOOK_TIMEOUT_MS }
}

function placed(source: string): string {
  return source.startsWith('/') ? source : folder(source)
}

/** Stops a component. */
export function stopCommand(
  subject: string,
  { run, stop }: Pick<Component, 'run' | 'stop'>,
  more: JsonObject,
): Command {
  const input = { subject, stop: stopInput(stop), ...more }
  const timeoutMs = stop.graceMs + STOP_TIMEOUT_MARGIN_MS
  return { actuator: actuatorOf(run), operation: 'stop', input, timeoutMs }
}

/** Finds what runs of a component, and may send it a signal; changes nothing else. */
export function lookCommand(
  subject: string,
  { run }: Pick<Component, 'run'>,
  wish: { readonly signal?: string; readonly mustRun?: boolean; readonly copy?: number } = {},
): Command {
  if (run?.external !== undefined) return observe('look', subject, run.external)
  const input = { subject, ...wish }
  return { actuator: actuatorOf(run), operation: 'look', input, timeoutMs: LOOK_TIMEOUT_MS }
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
