/**
 * An environment as a compose file: the order, the health checks, how services end. Images are not
 * known to a contract, so they are left for a person to write.
 */
import { stringify } from 'yaml'
import type { Until } from '../../../core/plan/plan.ts'
import { printDuration } from '../../../core/units/duration.ts'
import type { Json, JsonObject } from '../../../core/units/json.ts'
import type { Component, EnvironmentDefinition } from '../definition.ts'
import type { ReadyCondition } from '../ready-condition.ts'
import type { Exported, Unsaid } from './exported.ts'
import { plainText, type Say } from './plain-text.ts'
import { sayProofsOfOneShot, sayRest } from './say-rest.ts'

/** How long the import gives the command of compose besides the container. @unit ms */
const CLIENT_MS = 5_000

/** Probes that can become the health check of a service. */
const CHECKED: readonly string[] = ['exec', 'http']

const CONDITIONS = {
  started: 'service_started',
  provisional: 'service_healthy',
  ready: 'service_healthy',
  completed: 'service_completed_successfully',
} as const

/** Prints an environment as a compose file. */
export function exportCompose(definition: EnvironmentDefinition): Exported {
  const unsaid: Unsaid[] = []
  const { components } = definition
  const services = components.map((component): [string, Json] => [
    serviceName(component),
    serviceOf(component, components, (one) => unsaid.push(one)),
  ])
  const text = stringify({ services: Object.fromEntries(services) }, { lineWidth: 0 })
  return { text, unsaid }
}

/** The service of another compose file that a component hands its work to, if it does. */
function delegateOf(component: Component): string | undefined {
  const words = component.run?.command ?? []
  return words[0] === 'docker' && words[1] === 'compose' ? words.at(-1) : undefined
}

function serviceName(component: Component): string {
  return delegateOf(component) ?? component.name
}

function serviceOf(component: Component, all: readonly Component[], say: Say): JsonObject {
  const { name, run, stop } = component
  const delegate = delegateOf(component)
  const graceMs = stop.graceMs - (delegate === undefined ? 0 : CLIENT_MS)
  const image =
    delegate === undefined ? 'a contract knows no image' : 'its image is in another file'
  if (run?.container === undefined) say({ what: name, why: `${image}; write image or build` })
  if (delegate === undefined) sayRest(component, say)
  if (component.gates.length > 0) say({ what: `${name}.gates`, why: 'nobody is asked there' })
  if (component.retry.limit > 0) say({ what: `${name}.retry`, why: 'a start is not tried again' })
  const needs = component.needs.map(({ component: on, until }): [string, Json] => {
    const other = all.find((one) => one.name === on)
    const condition = conditionOf(other, until, { what: `${name}.needs.${on}`, say })
    const optional = other?.optional === true ? { required: false } : {}
    return [other === undefined ? on : serviceName(other), { condition, ...optional }]
  })
  const check = run?.oneShot === true ? undefined : healthcheckOf(component, say)
  if (run?.oneShot === true) sayProofsOfOneShot(component, say)
  const own = run === undefined || delegate !== undefined ? {} : runOf(component, say)
  return {
    ...own,
    ...(needs.length === 0 ? {} : { depends_on: Object.fromEntries(needs) }),
    ...(check === undefined ? {} : { healthcheck: check }),
    ...(component.copies === undefined ? {} : { deploy: { replicas: component.copies } }),
    ...(graceMs > 0 && graceMs !== 10_000 ? { stop_grace_period: printDuration(graceMs) } : {}),
    ...(stop.signal === 'SIGTERM' ? {} : { stop_signal: stop.signal }),
  }
}

function runOf(component: Component, say: Say): JsonObject {
  const { name, run } = component
  const env = Object.entries(run?.env ?? {}).map(([key, value]): [string, Json] => [
    key,
    escaped(plainText(value, `${name}.run.env.${key}`, say)),
  ])
  const words = (key: string, written: readonly string[]): JsonObject => ({
    [key]: written.map((word) => escaped(plainText(word, `${name}.run.${key}`, say))),
  })
  const { image, entrypoint, command = run?.command } = run?.container ?? {}
  return {
    ...(image === undefined ? {} : { image: escaped(plainText(image, `${name}.run.image`, say)) }),
    ...(entrypoint === undefined ? {} : words('entrypoint', entrypoint)),
    ...(command === undefined || command.length === 0 ? {} : words('command', command)),
    ...(env.length === 0 ? {} : { environment: Object.fromEntries(env) }),
  }
}

/** Compose refuses to wait for the health of a service that has no health check. */
function conditionOf(
  on: Component | undefined,
  until: Until,
  at: { readonly what: string; readonly say: Say },
): string {
  const condition = CONDITIONS[until]
  if (condition !== 'service_healthy' || on === undefined) return condition
  if (on.run?.oneShot === true) return 'service_completed_successfully'
  if (on.ready.some((one) => !one.implied && CHECKED.includes(one.probe))) return condition
  at.say({ what: at.what, why: `${on.name} has no health check there, so its start is waited for` })
  return 'service_started'
}

/** The first proof that can be asked inside a container. */
function healthcheckOf(component: Component, say: Say): JsonObject | undefined {
  const asked = component.ready.filter((condition) => !condition.implied)
  let check: JsonObject | undefined
  for (const condition of asked) {
    const what = `${component.name}.ready.${condition.name}`
    const test = check === undefined ? testOf(condition, what, say) : undefined
    if (test !== undefined) check = { test, ...timesOf(component, condition, what, say) }
    else if (check !== undefined) say({ what, why: 'a service has one health check' })
    else say({ what, why: `a health check is a command; ${condition.probe} is none` })
  }
  return check
}

function testOf(condition: ReadyCondition, what: string, say: Say): readonly string[] | undefined {
  const { input, probe } = condition
  if (probe === 'exec') {
    const words = wordsOf(input['command']).map((word) => escaped(plainText(word, what, say)))
    const inside = words[0] === 'docker' && words[1] === 'compose' ? words.indexOf('-T') + 2 : 0
    return ['CMD', ...words.slice(inside)]
  }
  if (probe === 'http' && typeof input['url'] === 'string') {
    say({
      what,
      why: 'it becomes a call of curl, which the image must have; any 2xx or 3xx passes',
    })
    return ['CMD', 'curl', '--fail', '--silent', escaped(plainText(input['url'], what, say))]
  }
  return undefined
}

function timesOf(
  component: Component,
  condition: ReadyCondition,
  what: string,
  say: Say,
): JsonObject {
  if (condition.when !== undefined) say({ what: `${what}.when`, why: 'evidence is not judged' })
  if (condition.consecutive > 1) say({ what: `${what}.consecutive`, why: 'one pass is enough' })
  if (condition.holdMs > 0) say({ what: `${what}.holdFor`, why: 'one pass is enough' })
  const intervalMs = condition.cadence.watchMs
  const retries = condition.tolerance.failures + 1
  const deadlineMs = condition.deadlineMs ?? component.deadlineMs
  const startMs = Math.max(0, deadlineMs - retries * (intervalMs + condition.timeoutMs))
  return {
    interval: printDuration(intervalMs),
    timeout: printDuration(condition.timeoutMs),
    retries,
    ...(startMs === 0 ? {} : { start_period: printDuration(startMs) }),
  }
}

/** Compose fills in what a `$` stands before. */
function escaped(text: string): string {
  return text.replaceAll('$', () => '$$')
}

function wordsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
