/** Two plans side by side, for people: what only one of them has first, then stage by stage. */

import { listWords } from '../../contracts/document/describe-value.ts'
import type { SettingChange, SettingSource } from '../../contracts/environment/compare-settings.ts'
import type { Watching } from '../../contracts/environment/definition.ts'
import type { PlanChange } from '../../core/plan/compare-plans.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { Json } from '../../core/units/json.ts'
import { countOf, fit, tableLines } from './columns.ts'
import type { Paint } from './paint.ts'

/** Two plans, and what differs. */
export interface Comparison {
  readonly first: Compared
  readonly second: Compared
  readonly changes: readonly PlanChange[]
  readonly settings: readonly SettingChange[]
  /** How each is watched once it is ready, null for not at all; absent: both are in the same way. */
  readonly watch?: { readonly first: Watching | null; readonly second: Watching | null }
}

/** One of the two. */
export interface Compared {
  /** What it is called: a target, or a file. */
  readonly label: string
  readonly plan: Plan
}

type Side = 'first' | 'second'

/** The comparison as lines. */
export function comparisonLines(comparison: Comparison, paint: Paint): readonly string[] {
  const { first, second, settings } = comparison
  const changes = comparison.changes.filter(isNews)
  const wholes = changes.filter(({ part }) => part === 'whole')
  const rest = changes.filter(({ part }) => part !== 'whole')
  const { contract, goal } = first.plan
  const { target } = contract
  const aim = target === undefined || target === first.label ? '' : ` for ${target}`
  const title = `${contract.name} ${goal}${aim}: ${first.label} against ${second.label}`
  const lines = [
    paint.bold(title),
    ...revisionLines(comparison),
    ...onlyLines(comparison, wholes, 'first', paint),
    ...onlyLines(comparison, wholes, 'second', paint),
    ...settingLines(comparison, settings, paint),
    ...watchLines(comparison.watch, paint),
    ...changeLines(comparison, rest, paint),
  ]
  if (changes.length === 0 && settings.length === 0 && comparison.watch === undefined) {
    lines.push('', 'Nothing else differs: the same stages, edges, conditions and commands.')
  }
  return lines
}

/** What the title or another line says already is left out. */
function isNews(change: PlanChange, _: number, all: readonly PlanChange[]): boolean {
  if (change.of === 'plan' && change.path[0] === 'contract') return false
  if (change.path.join('.') !== 'command.input.digest') return true
  const isTold = (other: PlanChange): boolean =>
    other !== change && other.name === change.name && other.path[0] === 'command'
  return !all.some(isTold)
}

function revisionLines({ first, second }: Comparison): readonly string[] {
  const digests = [first.plan.contract.digest, second.plan.contract.digest]
  if (digests[0] === digests[1]) return []
  return [
    `The contract itself is another: ${digests.map((one) => one.slice(0, 19)).join('… and ')}…`,
  ]
}

function onlyLines(
  comparison: Comparison,
  wholes: readonly PlanChange[],
  side: Side,
  paint: Paint,
): readonly string[] {
  const names = (of: PlanChange['of']): readonly string[] =>
    wholes.flatMap((one) => (one.of === of && one.in === side ? [one.name ?? ''] : []))
  const [regions, stages] = [names('group'), names('stage')]
  if (regions.length + stages.length === 0) return []
  const rows = [
    [regions.length === 1 ? '  region' : '  regions', regions.join(', ')],
    [`  ${countOf(stages.length, 'stage')}`, stages.join(', ')],
  ].filter((row) => row[1] !== '')
  return ['', paint.bold(`Only ${comparison[side].label}`), ...tableLines(rows)]
}

function settingLines(
  { first, second }: Comparison,
  settings: readonly SettingChange[],
  paint: Paint,
): readonly string[] {
  if (settings.length === 0) return []
  const rows = settings.map((change) => [
    `  ${change.setting}`,
    sourceText(change.first),
    `→ ${sourceText(change.second)}`,
  ])
  const heading = `${paint.bold('Settings')}  ${first.label} → ${second.label}`
  return ['', heading, ...tableLines(rows)]
}

function watchLines(watch: Comparison['watch'], paint: Paint): readonly string[] {
  if (watch === undefined) return []
  const [first, second] = [watch.first, watch.second].map(watchText)
  return ['', `${paint.bold('Watched once it is ready')}  ${first} → ${second}`]
}

function watchText(watch: Watching | null): string {
  if (watch === null) return 'not at all'
  const { everyMs, onBreach, ...more } = watch
  const policy = onBreach === 'ignore' ? 'record' : onBreach
  const rest = Object.keys(more).length === 0 ? '' : `, ${Object.keys(more).join(', ')}`
  return `every ${describeDuration(everyMs)}, then ${policy}${rest}`
}

function sourceText(source: SettingSource | undefined): string {
  if (source === undefined) return 'none of its own'
  const { from, default: value, secret } = source
  const fallback = secret === true ? 'a value kept secret' : JSON.stringify(value)
  if (from === undefined) return fallback ?? ''
  return fallback === undefined ? `from ${from}` : `from ${from}, else ${fallback}`
}

/** Stages that differ in the same way share their lines. */
function changeLines(
  comparison: Comparison,
  changes: readonly PlanChange[],
  paint: Paint,
): readonly string[] {
  const byThing = new Map<string, PlanChange[]>()
  for (const change of changes) {
    const thing = change.name ?? (change.of === 'plan' ? 'the plan' : `the ${change.of}s`)
    byThing.set(thing, [...(byThing.get(thing) ?? []), change])
  }
  const alike = new Map<string, { readonly names: string[]; readonly rows: readonly Row[] }>()
  for (const [name, own] of byThing) {
    const rows = own.map(
      (change): Row => [`  ${pathText(withoutRegion(change))}`, valueText(comparison, change)],
    )
    const key = JSON.stringify(rows)
    const same = alike.get(key)
    if (same === undefined) alike.set(key, { names: [name], rows })
    else same.names.push(name)
  }
  return [...alike.values()].flatMap(({ names, rows }) => [
    '',
    paint.bold(listWords(names, 'and')),
    ...tableLines(rows),
  ])
}

type Row = readonly [string, string]

/** To a stage of a region, what it needs there is called by its own name. */
function withoutRegion(change: PlanChange): PlanChange {
  const region = change.name?.split('/').slice(0, -1).join('/') ?? ''
  if (region === '') return change
  const path = change.path.map((step) =>
    step.startsWith(`${region}/`) ? step.slice(region.length + 1) : step,
  )
  return { ...change, path }
}

/** Words that people know better than members of the plan. */
function pathText({ path, part }: PlanChange): string {
  const [first = '', ...rest] = path.filter((step) => step !== 'input' && step !== 'question')
  if (part === 'order') return path.length === 0 ? 'order' : `order of ${path.join(' ')}`
  if (part === 'edge') return ['needs', ...rest.filter((step) => step !== 'until')].join(' ')
  return [WORDS[first] ?? first, ...rest].join(' ')
}

const WORDS: Readonly<Record<string, string>> = {
  conditions: 'condition',
  gates: 'gate',
  guards: 'guard',
  command: 'run',
  compensation: 'undo',
}

function valueText(comparison: Comparison, change: PlanChange): string {
  const { part, first, second } = change
  if (part === 'order') return 'is another'
  if (change.in === 'both') return `${shown(first)} → ${shown(second)}`
  const only = `only ${comparison[change.in].label}`
  const value = change.in === 'first' ? first : second
  if (part === 'edge') return `${only}, until ${untilOf(value)}`
  // What has parts of its own is named, and its parts are for those who ask for JSON.
  return typeof value === 'object' && value !== null ? only : `${only}: ${shown(value)}`
}

function untilOf(need: Json | undefined): string {
  const isNeed = typeof need === 'object' && need !== null && 'until' in need
  return isNeed ? String(need['until']) : ''
}

function shown(value: Json | undefined): string {
  if (typeof value === 'string') return fit(value, 60)
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string')
  return fit(isList ? value.join(' ') : JSON.stringify(value ?? null), 60)
}
