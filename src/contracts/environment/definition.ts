/** An environment, understood: every default filled in, every duration in milliseconds. */
import type { BreachPolicy, Tolerance, Watch } from '../../core/plan/condition.ts'
import type { Retry, Until } from '../../core/plan/plan.ts'
import type { Cadence } from '../../core/plan/question.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { Contract } from '../contract.ts'
import { type ProbeName, probeInputs } from '../probes/index.ts'
import type { WrittenComponent, WrittenEnvironment, WrittenSetting } from './written.ts'
import type { WrittenCadence, WrittenCondition } from './written-condition.ts'
import { probesOf } from './written-condition.ts'
import { INHERITED, type WrittenRun, type WrittenStop } from './written-run.ts'

/** An environment contract. */
export type EnvironmentContract = Contract<'Environment', EnvironmentDefinition>

/** What an environment is made of. */
export interface EnvironmentDefinition {
  readonly description?: string
  readonly settings: readonly Setting[]
  /** Those that are needed come before those that need them; else by name. */
  readonly components: readonly Component[]
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
  readonly needs: readonly ComponentNeed[]
  /** Absent: the component is proof alone. */
  readonly run?: Run
  readonly ready: readonly ReadyCondition[]
  /** @unit ms @default 60000 */
  readonly deadlineMs: number
  /** @default 'undo' */
  readonly onBreach: BreachPolicy
  readonly retry: Retry
  readonly stop: Stop
  /** @default false */
  readonly optional: boolean
}

/** Another component, and how far it must have come. */
export interface ComponentNeed {
  readonly component: string
  readonly until: Until
}

/** A process to run. */
export interface Run {
  readonly command: readonly string[]
  /** Relative to the contract's folder. @default '.' */
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Variables taken over from the daemon. @default PATH, HOME, LANG, TZ, TMPDIR */
  readonly inherit: readonly string[]
  /** @default false */
  readonly oneShot: boolean
  /** Names of its ports, in the order of their names. */
  readonly ports: readonly string[]
  /** Present where a condition asks what the process says of itself. */
  readonly notify?: { readonly watchdogMs?: number }
}

/** How a process is asked to end. */
export interface Stop {
  /** @default 'SIGTERM' */
  readonly signal: string
  /** @unit ms @default 10000 */
  readonly graceMs: number
  readonly command?: readonly string[]
}

/** Something that must be proved. */
export interface ReadyCondition {
  readonly name: string
  readonly probe: ProbeName
  /** With its templates, as written. */
  readonly input: JsonObject
  readonly when?: string
  readonly consecutive: number
  readonly holdMs: number
  readonly deadlineMs?: number
  readonly timeoutMs: number
  readonly cadence: Cadence
  readonly onBreach?: BreachPolicy
  readonly watch: Watch
  readonly tolerance: Tolerance
  /** Whether it was not written, but follows from what a component is. */
  readonly implied: boolean
}

const DEADLINE_MS = 60_000
const GRACE_MS = 10_000
const BACKOFF_MS = 1_000
const CADENCE: Cadence = { firstMs: 5, mostMs: 100, watchMs: 1_000 }

/** Fills in every default. The document has been checked before. */
export function definitionOf(written: WrittenEnvironment): EnvironmentDefinition {
  const { metadata, spec } = written
  const components = Object.entries(spec.components).map(([name, component]) =>
    componentOf(name, component),
  )
  return {
    ...(metadata.description === undefined ? {} : { description: metadata.description }),
    settings: sorted(spec.settings ?? {}).map(([name, setting]) => settingOf(name, setting)),
    components: inOrder(components),
  }
}

function settingOf(name: string, written: WrittenSetting): Setting {
  return { ...written, name, secret: written.secret ?? false }
}

function componentOf(name: string, written: WrittenComponent): Component {
  const { owner, description, run } = written
  return {
    name,
    ...(owner === undefined ? {} : { owner }),
    ...(description === undefined ? {} : { description }),
    needs: needsOf(written),
    ...(run === undefined ? {} : { run: { ...runOf(run), ...notifyOf(written) } }),
    ready: conditionsOf(written),
    deadlineMs: written.deadline ?? DEADLINE_MS,
    onBreach: written.onBreach ?? 'undo',
    retry: { limit: written.retry?.limit ?? 0, backoffMs: written.retry?.backoff ?? BACKOFF_MS },
    stop: stopOf(written.stop ?? {}),
    optional: written.optional ?? false,
  }
}

/** The needs of a component, in the order they are written. */
export function needsOf(written: WrittenComponent): readonly ComponentNeed[] {
  return (written.needs ?? []).flatMap((need) =>
    typeof need === 'string'
      ? [{ component: need, until: 'ready' as const }]
      : Object.entries(need).map(([component, until]) => ({ component, until })),
  )
}

function runOf(written: WrittenRun): Run {
  return {
    command: written.command,
    cwd: written.cwd ?? '.',
    env: Object.fromEntries(sorted(written.env ?? {})),
    inherit: written.inherit ?? INHERITED,
    oneShot: written.oneShot ?? false,
    ports: Object.keys(written.ports ?? {}).sort(),
  }
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

function stopOf(written: WrittenStop): Stop {
  const { signal = 'SIGTERM', grace = GRACE_MS, command } = written
  return { signal, graceMs: grace, ...(command === undefined ? {} : { command }) }
}

/**
 * The conditions of a component. A process that ends by itself must end well; one that does not must
 * be running, which is asked first, so that a crash is noticed by its event.
 */
function conditionsOf(written: WrittenComponent): readonly ReadyCondition[] {
  const conditions = (written.ready ?? []).map((condition) => ({ condition, implied: false }))
  const { run } = written
  if (run !== undefined && !conditions.some(({ condition }) => condition.exit !== undefined)) {
    const expect = run.oneShot === true ? [0] : 'running'
    const name = run.oneShot === true ? 'exit' : 'running'
    const taken = conditions.some(({ condition }) => condition.name === name)
    const named: WrittenCondition = { exit: { expect }, ...(taken ? {} : { name }) }
    conditions.unshift({ condition: named, implied: true })
  }
  const names = namesOf(conditions.map(({ condition }) => condition))
  return conditions.map(({ condition, implied }, place) =>
    conditionOf({ condition, implied, name: names[place] ?? '' }),
  )
}

/** Every condition's name: its own, else the probe's, with a number where it is taken. */
function namesOf(conditions: readonly WrittenCondition[]): readonly string[] {
  const taken = new Set(conditions.map((condition) => condition.name))
  return conditions.map((condition) => {
    if (condition.name !== undefined) return condition.name
    const probe = probesOf(condition)[0] ?? ''
    let name: string = probe
    for (let number = 2; taken.has(name); number += 1) name = `${probe}-${number}`
    taken.add(name)
    return name
  })
}

function conditionOf(options: {
  readonly condition: WrittenCondition
  readonly implied: boolean
  readonly name: string
}): ReadyCondition {
  const { condition, implied, name } = options
  const { when, deadline, onBreach, tolerate } = condition
  const probe = probesOf(condition)[0] ?? 'exit'
  return {
    name,
    probe,
    input: condition[probe] ?? {},
    ...(when === undefined ? {} : { when }),
    consecutive: condition.consecutive ?? 1,
    holdMs: condition.holdFor ?? 0,
    ...(deadline === undefined ? {} : { deadlineMs: deadline }),
    timeoutMs: condition.timeout ?? probeInputs[probe].timeoutMs,
    cadence: cadenceOf(condition.every ?? {}),
    ...(onBreach === undefined ? {} : { onBreach }),
    watch: condition.watch ?? 'ramp',
    tolerance: { failures: tolerate?.failures ?? 0, ms: tolerate?.for ?? 0 },
    implied,
  }
}

function cadenceOf(every: number | WrittenCadence): Cadence {
  if (typeof every === 'number') return { firstMs: every, mostMs: every, watchMs: every }
  const firstMs = every.first ?? CADENCE.firstMs
  return {
    firstMs,
    mostMs: every.most ?? Math.max(CADENCE.mostMs, firstMs),
    watchMs: every.watch ?? CADENCE.watchMs,
  }
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
