/**
 * A contract in the making. Formats fill components in as they read; printing them gives each its keys
 * in the order people expect, leaves out what is the default, and keeps only needs that exist.
 */

import { printDuration } from '../../../core/units/duration.ts'
import type { Json, JsonObject } from '../../../core/units/json.ts'
import { suggestName } from '../../document/word-schemas.ts'
import type { Item } from '../source/item.ts'

/** How far a needed component must have come. */
export type Until = 'started' | 'ready' | 'completed'

/** A process to be. */
export interface RunDraft {
  command: readonly string[]
  cwd?: string
  env?: Readonly<Record<string, string>>
  inherit?: readonly string[]
  oneShot?: boolean
  ports?: readonly string[]
}

/** A component to be. */
export interface ComponentDraft {
  readonly name: string
  description?: string
  readonly needs: Map<string, Until>
  run?: RunDraft
  ready: JsonObject[]
  /** @unit ms */
  deadlineMs?: number
  retry?: { readonly limit: number; readonly backoffMs?: number }
  stop?: {
    readonly signal?: string
    readonly graceMs?: number
    readonly command?: readonly string[]
  }
  optional?: boolean
}

/** The deadline of a component that names none. @unit ms */
const DEADLINE_MS = 60_000

/** What a component inherits when its contract does not say. */
export const INHERITED: readonly string[] = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR']

/** Names of variables whose values nobody should read in a ledger. */
const SECRET = /PASS|SECRET|TOKEN|KEY|CREDENTIAL/i

/** A contract in the making. */
export class Draft {
  readonly components: Map<string, ComponentDraft> = new Map()
  readonly #settings: Map<string, JsonObject> = new Map()

  /** Adds a component under the nearest name that may be used, and says so when it is another one. */
  add(wanted: string, item: Item | undefined): ComponentDraft {
    const name = this.#freeName(suggestName(wanted)?.slice(0, 60) ?? 'component')
    if (name !== wanted)
      item?.note(`it is called ${name} in the contract, where names are a-z, 0-9, -`)
    const component: ComponentDraft = { name, needs: new Map(), ready: [] }
    this.components.set(name, component)
    return component
  }

  /** Takes a component out again. */
  remove(component: ComponentDraft): void {
    this.components.delete(component.name)
  }

  /** A variable of the calling process, read as `${settings.NAME}`. */
  addSetting(variable: string, fallback: string | undefined): void {
    const known = this.#settings.get(variable)
    if (known?.['default'] !== undefined) return
    const secret = SECRET.test(variable) ? { secret: true } : {}
    const usual = fallback === undefined ? {} : { default: fallback }
    const setting = { from: variable, ...usual, ...secret }
    this.#settings.set(variable, setting)
  }

  /** The contract. */
  document(name: string): JsonObject {
    const components = [...this.components.values()].map((one): [string, Json] => [
      one.name,
      componentOf(one, this.components),
    ])
    const settings = Object.fromEntries(this.#settings)
    return {
      apiVersion: 'rampart/v1',
      kind: 'Environment',
      metadata: { name },
      spec: {
        ...(this.#settings.size === 0 ? {} : { settings }),
        components: Object.fromEntries(components),
      },
    }
  }

  #freeName(wanted: string): string {
    let name = wanted
    for (let number = 2; this.components.has(name); number += 1) name = `${wanted}-${number}`
    return name
  }
}

function componentOf(draft: ComponentDraft, all: ReadonlyMap<string, unknown>): JsonObject {
  const needs = [...draft.needs].filter(([name]) => all.has(name) && name !== draft.name)
  const { description, run, retry, optional } = draft
  const ready = uniquelyNamed(draft.ready)
  const deadlineMs = Math.max(draft.deadlineMs ?? DEADLINE_MS, ...ready.map(leastDeadlineMs))
  return {
    ...(description === undefined ? {} : { description }),
    ...(needs.length === 0 ? {} : { needs: needs.map(needOf) }),
    ...(run === undefined ? {} : { run: runOf(run) }),
    ...(ready.length === 0 ? {} : { ready: ready.map(printTimes) }),
    ...(deadlineMs === DEADLINE_MS ? {} : { deadline: printDuration(deadlineMs) }),
    ...(retry === undefined ? {} : { retry: retryOf(retry) }),
    ...(run === undefined || draft.stop === undefined ? {} : { stop: stopOf(draft.stop) }),
    ...(optional === true ? { optional: true } : {}),
  }
}

function needOf([name, until]: readonly [string, Until]): Json {
  return until === 'ready' ? name : { [name]: until }
}

function runOf(run: RunDraft): JsonObject {
  const { command, cwd, env = {}, inherit = [], oneShot, ports = [] } = run
  const inherited = inherit.filter((name) => !INHERITED.includes(name))
  return {
    command,
    ...(cwd === undefined ? {} : { cwd }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(inherited.length === 0 ? {} : { inherit: [...INHERITED, ...inherited] }),
    ...(oneShot === true ? { oneShot } : {}),
    ...(ports.length === 0 ? {} : { ports: Object.fromEntries(ports.map((port) => [port, {}])) }),
  }
}

function retryOf(retry: NonNullable<ComponentDraft['retry']>): JsonObject {
  const { limit, backoffMs } = retry
  return { limit, ...(backoffMs === undefined ? {} : { backoff: printDuration(backoffMs) }) }
}

function stopOf(stop: NonNullable<ComponentDraft['stop']>): JsonObject {
  const { signal, graceMs, command } = stop
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(graceMs === undefined ? {} : { grace: printDuration(graceMs) }),
    ...(command === undefined ? {} : { command }),
  }
}

/** A component must be given longer than each of its conditions takes. */
function leastDeadlineMs(condition: JsonObject): number {
  const { deadline, holdFor } = condition
  const holdMs = typeof holdFor === 'number' ? holdFor : 0
  return Math.max(typeof deadline === 'number' ? deadline : 0, holdMs === 0 ? 0 : holdMs + 30_000)
}

/** Times stand as milliseconds in a draft, and as durations in a contract. */
function printTimes(condition: JsonObject): JsonObject {
  const printed = Object.entries(condition).map(([key, value]): [string, Json] => {
    const isTime = ['holdFor', 'deadline', 'timeout', 'every'].includes(key)
    if (!isTime) return [key, value]
    if (typeof value === 'number') return [key, printDuration(value)]
    const times = Object.entries(value as JsonObject)
    return [key, Object.fromEntries(times.map(([name, ms]) => [name, printDuration(Number(ms))]))]
  })
  return Object.fromEntries(printed)
}

function uniquelyNamed(conditions: readonly JsonObject[]): readonly JsonObject[] {
  const taken = new Set<string>()
  return conditions.map((condition) => {
    if (typeof condition['name'] !== 'string') return condition
    const wanted = condition['name']
    let name = wanted
    for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`
    taken.add(name)
    return { ...condition, name }
  })
}
