/**
 * An environment as Kubernetes manifests: a Deployment for what runs on, a Job for what ends, waves of
 * Argo CD for the order. Images are left for a person to write.
 */
import { stringify } from 'yaml'
import type { Json, JsonObject } from '../../../core/units/json.ts'
import type { Component, EnvironmentDefinition } from '../definition.ts'
import type { ReadyCondition } from '../ready-condition.ts'
import type { Exported, Unsaid } from './exported.ts'
import { plainText, type Say } from './plain-text.ts'
import { sayProofsOfOneShot, sayRest } from './say-rest.ts'

/** Prints an environment as manifests. */
export function exportKubernetes(definition: EnvironmentDefinition): Exported {
  const unsaid: Unsaid[] = []
  const say: Say = (one) => unsaid.push(one)
  const waves = wavesOf(definition)
  const manifests = definition.components.map((component) => {
    say({ what: component.name, why: 'a contract knows no image; write image' })
    sayRest(component, say)
    if (component.optional) say({ what: `${component.name}.optional`, why: 'all must be there' })
    const wave = waves.get(component.name) ?? 0
    return component.run?.oneShot === true
      ? jobOf(component, wave, say)
      : deploymentOf(component, wave, say)
  })
  if (waves.size > 0 && Math.max(...waves.values()) > 0) {
    const why = 'manifests have no needs; the order became waves of Argo CD'
    say({ what: 'needs', why })
  }
  return {
    text: manifests
      .map((one) => stringify(one, { lineWidth: 0, aliasDuplicateObjects: false }))
      .join('---\n'),
    unsaid,
  }
}

/** The longest chain of needs before each component. */
function wavesOf(definition: EnvironmentDefinition): ReadonlyMap<string, number> {
  const waves = new Map<string, number>()
  for (const { name, needs } of definition.components) {
    const before = needs.map((need) => (waves.get(need.component) ?? 0) + 1)
    waves.set(name, Math.max(0, ...before))
  }
  return waves
}

function headOf(component: Component, wave: number): JsonObject {
  const annotations = { 'argocd.argoproj.io/sync-wave': String(wave) }
  return { name: component.name, ...(wave === 0 ? {} : { annotations }) }
}

function jobOf(component: Component, wave: number, say: Say): JsonObject {
  sayProofsOfOneShot(component, say)
  const containers = [containerOf(component, say)]
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: headOf(component, wave),
    spec: {
      backoffLimit: component.retry.limit,
      activeDeadlineSeconds: seconds(component.deadlineMs),
      template: { spec: { restartPolicy: 'Never', containers } },
    },
  }
}

function deploymentOf(component: Component, wave: number, say: Say): JsonObject {
  const { name, stop } = component
  const labels = { app: name }
  if (component.gates.length > 0) say({ what: `${name}.gates`, why: 'nobody is asked there' })
  if (component.retry.limit > 0) say({ what: `${name}.retry`, why: 'restarts have no limit there' })
  if (stop.signal !== 'SIGTERM') say({ what: `${name}.stop.signal`, why: 'SIGTERM is sent' })
  const holdMs = Math.max(0, ...component.ready.map((condition) => condition.holdMs))
  const container = { ...containerOf(component, say), ...probesOf(component, say) }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: headOf(component, wave),
    spec: {
      ...(component.copies === undefined ? {} : { replicas: component.copies }),
      progressDeadlineSeconds: seconds(component.deadlineMs),
      ...(holdMs === 0 ? {} : { minReadySeconds: seconds(holdMs) }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: seconds(stop.graceMs),
          containers: [container],
        },
      },
    },
  }
}

function containerOf(component: Component, say: Say): JsonObject {
  const { name, run } = component
  if (run === undefined) return { name }
  const env = Object.entries(run.env).map(([key, value]) => ({
    name: key,
    value: plainText(value, `${name}.run.env.${key}`, say),
  }))
  const { image, entrypoint = run.command, command } = run.container ?? {}
  const words = (written: readonly string[]): readonly string[] =>
    written.map((word) => plainText(word, `${name}.run.command`, say))
  return {
    name,
    ...(image === undefined ? {} : { image: plainText(image, `${name}.run.image`, say) }),
    ...(image !== undefined && entrypoint.length === 0 ? {} : { command: words(entrypoint) }),
    ...(command === undefined ? {} : { args: words(command) }),
    ...(env.length === 0 ? {} : { env }),
  }
}

const KEYS: Readonly<Record<string, string>> = {
  startup: 'startupProbe',
  alive: 'livenessProbe',
}

function probesOf(component: Component, say: Say): JsonObject {
  const probes: Record<string, Json> = {}
  for (const condition of component.ready) {
    if (condition.implied) continue
    const what = `${component.name}.ready.${condition.name}`
    const key = KEYS[condition.name] ?? 'readinessProbe'
    const question = questionOf(condition, what, say)
    if (question === undefined) say({ what, why: `a kubelet cannot ask ${condition.probe}` })
    else if (probes[key] !== undefined) say({ what, why: `a container has one ${key}` })
    else probes[key] = { ...question, ...timesOf(component, condition, what, say) }
  }
  return probes
}

function questionOf(condition: ReadyCondition, what: string, say: Say): JsonObject | undefined {
  const { input, probe } = condition
  if (probe === 'exec' && Array.isArray(input['command'])) {
    const words = input['command'].map((word) => plainText(String(word), what, say))
    return { exec: { command: words } }
  }
  if (probe === 'tcp') {
    const written = input['address'] ?? `${input['host']}:${input['port']}`
    return { tcpSocket: { port: portOf(plainText(String(written), what, say)) } }
  }
  if (probe === 'grpc') {
    const written = input['address'] ?? `${input['host']}:${input['port']}`
    const { service } = input
    const port = portOf(plainText(String(written), what, say))
    return { grpc: { port, ...(service === undefined ? {} : { service }) } }
  }
  if (probe !== 'http') return undefined
  const text = plainText(String(input['url']), what, say)
  const [, scheme = 'http', address = '', path = '/'] =
    /^(https?):\/\/([^/]*)(.*)$/i.exec(text) ?? []
  if (input['body'] !== undefined) say({ what: `${what}.body`, why: 'the status alone is judged' })
  const headers = Object.entries((input['headers'] ?? {}) as JsonObject)
  return {
    httpGet: {
      path: path === '' ? '/' : path,
      port: portOf(address) ?? (scheme === 'https' ? 443 : 80),
      ...(scheme === 'https' ? { scheme: 'HTTPS' } : {}),
      ...(headers.length === 0
        ? {}
        : { httpHeaders: headers.map(([name, value]) => ({ name, value })) }),
    },
  }
}

/** The port of an address, as a number or as the template that stands for it. */
function portOf(address: string): number | string | null {
  const [, port] = /:(\d+|\$\{[^}]*\})$/.exec(address) ?? []
  if (port === undefined) return null
  return /^\d+$/.test(port) ? Number(port) : port
}

function timesOf(
  component: Component,
  condition: ReadyCondition,
  what: string,
  say: Say,
): JsonObject {
  if (condition.when !== undefined) say({ what: `${what}.when`, why: 'evidence is not judged' })
  const deadlineMs = condition.deadlineMs ?? component.deadlineMs
  const isStart = condition.name === 'startup'
  const periodSeconds = isStart ? 1 : seconds(condition.cadence.watchMs)
  const failureThreshold = isStart ? seconds(deadlineMs) : condition.tolerance.failures + 1
  const { consecutive } = condition
  const mayRepeat = KEYS[condition.name] === undefined
  if (consecutive > 1 && !mayRepeat) {
    say({ what: `${what}.consecutive`, why: 'only readiness may ask for several passes' })
  }
  return {
    periodSeconds,
    timeoutSeconds: seconds(condition.timeoutMs),
    failureThreshold,
    ...(consecutive > 1 && mayRepeat ? { successThreshold: consecutive } : {}),
  }
}

/** Whole seconds, rounded up, at least one. */
function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000))
}
