/** An environment, understood: every default filled in, every duration in milliseconds. */

import type { BreachPolicy } from '../../core/plan/condition.ts'
import type { Retry, Until } from '../../core/plan/plan.ts'
import type { FrontTls } from '../../core/port/front-tls.ts'
import type { Contract } from '../contract.ts'
import type { Carrier } from './carrier.ts'
import { type Gate, gatesOf } from './gate.ts'
import { parseNeedName } from './need-name.ts'
import {
  agreedConditions,
  namedConditions,
  policyOf,
  type ReadyCondition,
  readyConditions,
} from './ready-condition.ts'
import { type Region, regionsOf } from './region.ts'
import { rollOf } from './roll.ts'
import { type Run, runOf } from './run.ts'
import { sharedOf } from './shared-sockets.ts'
import { type Target, targetsOf } from './target.ts'
import type { WrittenComponent, WrittenEnvironment, WrittenSetting } from './written.ts'
import type { WrittenDrain } from './written-drain.ts'
import type { Forwarded } from './written-roll.ts'
import type { WrittenStop } from './written-run.ts'
import type { WrittenNotify, WrittenWatch } from './written-watch.ts'

/** An environment contract. */
export type EnvironmentContract = Contract<'Environment', EnvironmentDefinition>

/** What an environment is made of. */
export interface EnvironmentDefinition {
  readonly description?: string
  readonly settings: readonly Setting[]
  /** In the order of their waves; empty: the environment is in one place. */
  readonly regions: readonly Region[]
  /** Those that are needed come before those that need them; else by name. */
  readonly components: readonly Component[]
  /** What must hold across regions once all of them are ready. */
  readonly agree: readonly ReadyCondition[]
  /** How all of it is watched once it is ready; absent: it is not. */
  readonly watch?: Watching
  /** For whom it may be run; empty: there is one way. */
  readonly targets: readonly Target[]
}

/** How an environment is watched once it is ready. */
export interface Watching {
  /** Pause between two askings of what goes on being met. @unit ms @default 10000 */
  readonly everyMs: number
  /** What follows when a promise breaks; `ignore` is a record alone. @default 'ignore' */
  readonly onBreach: BreachPolicy
  /** Who is told of every breach. */
  readonly notify?: WrittenNotify
}

/** A value from outside, read as `settings.<name>`. */
export interface Setting {
  readonly name: string
  /** The variable of the calling process that holds it. */
  readonly from?: string
  /** What it is when the variable is not set; absent: the variable must be set. */
  readonly default?: string | number | boolean
  /** Whether it is kept out of everything that is recorded or shown. @default false */
  readonly secret: boolean
  readonly description?: string
}

/** A part of an environment. */
export interface Component {
  readonly name: string
  readonly owner?: string
  readonly description?: string
  /** The regions it is part of; absent: all. */
  readonly regions?: readonly string[]
  readonly needs: readonly ComponentNeed[]
  /** What must be true before it is entered, besides its needs. */
  readonly gates: readonly Gate[]
  /** Absent: the component is proof alone. */
  readonly run?: Run
  readonly ready: readonly ReadyCondition[]
  /** @unit ms @default 60000 */
  readonly deadlineMs: number
  /** @default 'undo' */
  readonly onBreach: BreachPolicy
  readonly retry: Retry
  /** How it is emptied before it is stopped; absent: it is not. */
  readonly drain?: Drain
  /** How it is replaced without a gap; absent: it is stopped, then started. */
  readonly roll?: Roll
  /** How many of it serve side by side behind its front; absent: one. @minimum 2 */
  readonly copies?: number
  readonly stop: Stop
  /** @default false */
  readonly optional: boolean
}

/** Another component, and how far it must have come. */
export interface ComponentNeed {
  readonly component: string
  /** The region it is in; absent: the same. */
  readonly region?: string
  readonly until: Until
  /** Whether, on the way down, that one stays until this one is gone. @default false */
  readonly drain: boolean
}

/** How a component is emptied before it is stopped. */
export interface Drain {
  /** Tells it to take nothing new; absent: nothing does. */
  readonly signal?: string
  readonly until: readonly ReadyCondition[]
  /** @unit ms @default 60000 */
  readonly deadlineMs: number
}

/** How a component is replaced without a gap. */
export interface Roll {
  /** Those that stay the same to others, in the order of their names. */
  readonly ports: readonly string[]
  /** @default 'http' */
  readonly as: Forwarded
  /**
   * How long the old one may take to finish, and how long it stays then. Both absent: as a Ports contract
   * says, or 30 s and no longer. @unit ms
   */
  readonly drainMs?: number
  readonly lingerMs?: number
  /** The proxy that carries its front; absent: a process of Rampart's own, unless its starts share. */
  readonly by?: Carrier
  /** It has no front: its starts accept on one socket, which each inherits. */
  readonly isShared?: true
  /** The TLS that its front ends; absent: it speaks none. */
  readonly tls?: FrontTls
}

/** How a process is asked to end. */
export interface Stop {
  /** @default 'SIGTERM' */
  readonly signal: string
  /** @unit ms @default 10000 */
  readonly graceMs: number
  readonly command?: readonly string[]
}

const DEADLINE_MS = 60_000
const GRACE_MS = 10_000
const BACKOFF_MS = 1_000
const WATCH_MS = 10_000

/** Fills in every default. The document has been checked before. */
export function definitionOf(written: WrittenEnvironment): EnvironmentDefinition {
  const { metadata, spec } = written
  const components = Object.entries(spec.components).map(([name, component]) =>
    componentOf(name, component),
  )
  const watch = watchOf(spec.watch ?? {})
  return {
    ...(metadata.description === undefined ? {} : { description: metadata.description }),
    settings: sorted(spec.settings ?? {}).map(([name, setting]) => settingOf(name, setting)),
    regions: regionsOf(spec.regions),
    components: inOrder(components),
    agree: agreedConditions(spec.agree ?? []),
    ...(watch === undefined ? {} : { watch }),
    targets: targetsOf(spec.targets, watchOf),
  }
}

function watchOf(written: WrittenWatch): Watching | undefined {
  if (written === false) return undefined
  const { every = WATCH_MS, onBreach = 'record', notify } = written
  return {
    everyMs: every,
    onBreach: onBreach === 'record' ? 'ignore' : policyOf(onBreach),
    ...(notify === undefined ? {} : { notify }),
  }
}

function settingOf(name: string, written: WrittenSetting): Setting {
  return { ...written, name, secret: written.secret ?? false }
}

function componentOf(name: string, written: WrittenComponent): Component {
  const { owner, description, run, regions, drain, roll, copies = 1 } = written
  return {
    name,
    ...(owner === undefined ? {} : { owner }),
    ...(description === undefined ? {} : { description }),
    ...(regions === undefined ? {} : { regions }),
    needs: needsOf(written),
    gates: gatesOf(written.gates ?? []),
    ...(run === undefined
      ? {}
      : { run: { ...runOf(run), ...sharedOf(run, roll), ...notifyOf(written) } }),
    ready: readyConditions(written),
    deadlineMs: written.deadline ?? DEADLINE_MS,
    onBreach: policyOf(written.onBreach ?? 'undo'),
    retry: { limit: written.retry?.limit ?? 0, backoffMs: written.retry?.backoff ?? BACKOFF_MS },
    ...(drain === undefined ? {} : { drain: drainOf(drain) }),
    ...(roll === undefined ? {} : { roll: rollOf(roll, Object.keys(run?.ports ?? {})) }),
    ...(copies === 1 ? {} : { copies }),
    stop: stopOf(written.stop ?? {}),
    optional: written.optional ?? false,
  }
}

/** The needs of a component, in the order they are written. */
export function needsOf(written: WrittenComponent): readonly ComponentNeed[] {
  return (written.needs ?? []).flatMap((need) => {
    if (typeof need === 'string') return [{ ...parseNeedName(need), until: 'ready', drain: false }]
    const drain = need['drain'] === true
    return Object.entries(need).flatMap(([name, until]) =>
      typeof until === 'boolean' ? [] : [{ ...parseNeedName(name), until, drain }],
    )
  })
}

/** What the process must be given, so that it can say what is asked for. */
function notifyOf(written: WrittenComponent): Pick<Run, 'notify'> {
  const asked = (written.ready ?? []).flatMap(({ notify }) =>
    notify === undefined ? [] : [notify],
  )
  if (asked.length === 0) return {}
  const watchdogs = asked.map(({ watchdog }) => watchdog).filter((one) => typeof one === 'number')
  return { notify: watchdogs.length === 0 ? {} : { watchdogMs: Math.min(...watchdogs) } }
}

function drainOf(written: WrittenDrain): Drain {
  const { signal, until, deadline = DEADLINE_MS } = written
  return {
    ...(signal === undefined ? {} : { signal }),
    until: namedConditions(until),
    deadlineMs: deadline,
  }
}

function stopOf(written: WrittenStop): Stop {
  const { signal = 'SIGTERM', grace = GRACE_MS, command } = written
  return { signal, graceMs: grace, ...(command === undefined ? {} : { command }) }
}

/**
 * Sorts components so that what is needed comes first, and by name where that leaves a choice: the
 * order of keys in a document means nothing, so it must not reach the plan.
 */
function inOrder(components: readonly Component[]): readonly Component[] {
  const rest = new Map(
    components.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((one) => [one.name, one]),
  )
  const ordered: Component[] = []
  while (rest.size > 0) {
    const free = [...rest.values()].filter((one) =>
      one.needs.every((need) => !rest.has(need.component)),
    )
    // A circle has been refused before; taking the rest keeps this total all the same.
    const next = free.length > 0 ? free : [...rest.values()]
    for (const one of next) rest.delete(one.name)
    ordered.push(...next)
  }
  return ordered
}

function sorted<Value>(record: Readonly<Record<string, Value>>): readonly [string, Value][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}
