/**
 * A rough reading of an environment that takes whatever has the right form and skips the rest, so
 * that one misspelt key does not hide what is wrong with needs and references.
 */
import type { Json, JsonObject } from '../../core/units/json.ts'
import type { Path } from '../document/issue.ts'
import { type SourceDocument, valueAt } from '../document/source-document.ts'
import { parseNeedName } from './need-name.ts'

/** What is needed to check needs and references. */
export interface Sketch {
  readonly settings: readonly string[]
  /** Empty: the environment is in one place. */
  readonly regions: ReadonlyMap<string, RegionSketch>
  readonly components: ReadonlyMap<string, ComponentSketch>
  readonly targets: readonly string[]
}

/** One region, as far as it can be read. */
export interface RegionSketch {
  readonly name: string
  readonly path: Path
  readonly after: readonly string[]
}

/** One component, as far as it can be read. */
export interface ComponentSketch {
  readonly name: string
  readonly path: Path
  /** The regions it is part of; without regions one that has no name. */
  readonly regions: readonly (string | undefined)[]
  readonly needs: readonly NeedSketch[]
  readonly hasRun: boolean
  readonly oneShot: boolean
  readonly ports: readonly string[]
  /** How many of it there are; 1 where that cannot be read. */
  readonly copies: number
  /** The ports that its front has; absent: it has none. */
  readonly fronts?: readonly string[]
  /** Which runtime runs it; without a run it does not matter. */
  readonly runtime: 'process' | 'container' | 'external'
}

/** One edge, and where it is written. */
export interface NeedSketch {
  readonly component: string
  /** The region it is in, where another is meant: `eu/db`. */
  readonly region?: string
  readonly until: string
  readonly path: Path
  /** Whether the name is a key, as in `{ db: completed }`. */
  readonly isKey: boolean
}

/** Reads what can be read. */
export function lenientSketch(document: SourceDocument): Sketch {
  const regions = regionSketches(document)
  const path = ['spec', 'components']
  const components = Object.entries(objectAt(document, path)).map(
    ([name, value]): readonly [string, ComponentSketch] => [
      name,
      componentSketch(document, [...regions.keys()], { name, value, path: [...path, name] }),
    ],
  )
  const settings = Object.keys(objectAt(document, ['spec', 'settings']))
  const targets = Object.keys(objectAt(document, ['spec', 'targets']))
  return { settings, regions, components: new Map(components), targets }
}

function regionSketches(document: SourceDocument): ReadonlyMap<string, RegionSketch> {
  const path = ['spec', 'regions']
  return new Map(
    Object.keys(objectAt(document, path)).map((name) => [
      name,
      { name, path: [...path, name], after: textsAt(document, [...path, name, 'after']) ?? [] },
    ]),
  )
}

function componentSketch(
  document: SourceDocument,
  allRegions: readonly string[],
  written: { readonly name: string; readonly value: Json; readonly path: Path },
): ComponentSketch {
  const { name, value, path } = written
  const needs = isObject(value) && Array.isArray(value['needs']) ? value['needs'] : []
  const regions = textsAt(document, [...path, 'regions']) ?? allRegions
  return {
    name,
    path,
    regions: allRegions.length === 0 ? [undefined] : regions,
    needs: needs.flatMap((need, index) => needSketch(need, [...path, 'needs', index])),
    hasRun: isObject(value) && Object.hasOwn(value, 'run'),
    oneShot: valueAt(document.value, [...path, 'run', 'oneShot']) === true,
    ports: ['ports', 'external'].flatMap((key) => portsIn(document, [...path, 'run', key])),
    copies: copiesAt(document, path),
    ...frontsAt(document, path),
    runtime: runtimeAt(document, [...path, 'run']),
  }
}

function portsIn(document: SourceDocument, path: Path): readonly string[] {
  const isExternal = path.at(-1) === 'external'
  return Object.keys(objectAt(document, isExternal ? [...path, 'ports'] : path))
}

function copiesAt(document: SourceDocument, path: Path): number {
  const copies = valueAt(document.value, [...path, 'copies'])
  return typeof copies === 'number' ? copies : 1
}

function frontsAt(document: SourceDocument, path: Path): Pick<ComponentSketch, 'fronts'> {
  const roll = valueAt(document.value, [...path, 'roll'])
  if (!isObject(roll) || roll['by'] === 'descriptor') return {}
  const named = textsAt(document, [...path, 'roll', 'ports'])
  return { fronts: named ?? portsIn(document, [...path, 'run', 'ports']) }
}

function runtimeAt(document: SourceDocument, path: Path): ComponentSketch['runtime'] {
  const run = objectAt(document, path)
  if (Object.hasOwn(run, 'container')) return 'container'
  return Object.hasOwn(run, 'external') ? 'external' : 'process'
}

function needSketch(need: Json, path: Path): readonly NeedSketch[] {
  if (typeof need === 'string')
    return [{ ...parseNeedName(need), until: 'ready', path, isKey: false }]
  if (!isObject(need)) return []
  return Object.entries(need)
    .filter(([, until]) => typeof until !== 'boolean')
    .map(([name, until]) => ({
      ...parseNeedName(name),
      until: String(until),
      path: [...path, name],
      isKey: true,
    }))
}

function textsAt(document: SourceDocument, path: Path): readonly string[] | undefined {
  const value = valueAt(document.value, path)
  if (!Array.isArray(value)) return undefined
  return value.filter((item) => typeof item === 'string')
}

function objectAt(document: SourceDocument, path: Path): JsonObject {
  const value = valueAt(document.value, path)
  return isObject(value) ? value : {}
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
