/**
 * A rough reading of an environment that takes whatever has the right form and skips the rest, so
 * that one misspelt key does not hide what is wrong with needs and references.
 */
import type { Json, JsonObject } from '../../core/units/json.ts'
import type { Path } from '../document/issue.ts'
import { type SourceDocument, valueAt } from '../document/source-document.ts'

/** What is needed to check needs and references. */
export interface Sketch {
  readonly settings: readonly string[]
  readonly components: ReadonlyMap<string, ComponentSketch>
}

/** One component, as far as it can be read. */
export interface ComponentSketch {
  readonly name: string
  readonly path: Path
  readonly needs: readonly NeedSketch[]
  readonly hasRun: boolean
  readonly oneShot: boolean
  readonly ports: readonly string[]
}

/** One edge, and where it is written. */
export interface NeedSketch {
  readonly component: string
  readonly until: string
  readonly path: Path
  /** Whether the name is a key, as in `{ db: completed }`. */
  readonly isKey: boolean
}

/** Reads what can be read. */
export function lenientSketch(document: SourceDocument): Sketch {
  const path = ['spec', 'components']
  const components = Object.entries(objectAt(document, path)).map(
    ([name, value]): readonly [string, ComponentSketch] => [
      name,
      componentSketch(document, { name, value, path: [...path, name] }),
    ],
  )
  const settings = Object.keys(objectAt(document, ['spec', 'settings']))
  return { settings, components: new Map(components) }
}

function componentSketch(
  document: SourceDocument,
  written: { readonly name: string; readonly value: Json; readonly path: Path },
): ComponentSketch {
  const { name, value, path } = written
  const needs = isObject(value) && Array.isArray(value['needs']) ? value['needs'] : []
  return {
    name,
    path,
    needs: needs.flatMap((need, index) => needSketch(need, [...path, 'needs', index])),
    hasRun: isObject(value) && Object.hasOwn(value, 'run'),
    oneShot: valueAt(document.value, [...path, 'run', 'oneShot']) === true,
    ports: Object.keys(objectAt(document, [...path, 'run', 'ports'])),
  }
}

function needSketch(need: Json, path: Path): readonly NeedSketch[] {
  if (typeof need === 'string') return [{ component: need, until: 'ready', path, isKey: false }]
  if (!isObject(need)) return []
  return Object.entries(need).map(([component, until]) => ({
    component,
    until: String(until),
    path: [...path, component],
    isKey: true,
  }))
}

function objectAt(document: SourceDocument, path: Path): JsonObject {
  const value = valueAt(document.value, path)
  return isObject(value) ? value : {}
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
