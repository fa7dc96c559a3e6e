/**
 * What differs between two JSON values, place by place. Members of lists that have names are told apart
 * by their names, so that one more of them does not make all the others different.
 */
import { type Json, type JsonObject, printCanonicalJson } from './json.ts'

/** One place where two values differ. */
export interface JsonDifference {
  /** Keys from the top; members of a list with names are called by theirs. */
  readonly path: readonly string[]
  /** Which of the two has it; `order`: both have the same members there, in another order. */
  readonly in: 'first' | 'second' | 'both' | 'order'
  /** Absent where only the second has it, and for an order. */
  readonly first?: Json
  readonly second?: Json
}

/** What the members of a list may be called by, the first of these that all of them have. */
const NAMES = ['name', 'stage', 'group'] as const

/** Every place that differs, none inside another; empty exactly when both are the same value. */
export function compareJson(
  first: Json,
  second: Json,
  path: readonly string[] = [],
): readonly JsonDifference[] {
  if (isObject(first) && isObject(second)) {
    return compareEntries(entriesOf(first), entriesOf(second), path)
  }
  if (isList(first) && isList(second)) {
    const name = NAMES.find((key) => isNamed(first, key) && isNamed(second, key))
    if (name !== undefined) return compareNamed(named(first, name), named(second, name), path)
  }
  const isSame = printCanonicalJson(first) === printCanonicalJson(second)
  return isSame ? [] : [{ path, in: 'both', first, second }]
}

type Entries = ReadonlyMap<string, Json>

function compareEntries(
  first: Entries,
  second: Entries,
  path: readonly string[],
): readonly JsonDifference[] {
  const keys = [...first.keys(), ...[...second.keys()].filter((key) => !first.has(key))]
  return keys.flatMap((key): readonly JsonDifference[] => {
    const at = [...path, key]
    const [before, after] = [first.get(key), second.get(key)]
    if (before !== undefined && after !== undefined) return compareJson(before, after, at)
    if (before !== undefined) return [{ path: at, in: 'first', first: before }]
    return after === undefined ? [] : [{ path: at, in: 'second', second: after }]
  })
}

function compareNamed(
  first: Entries,
  second: Entries,
  path: readonly string[],
): readonly JsonDifference[] {
  const common = [...first.keys()].filter((key) => second.has(key))
  const other = [...second.keys()].filter((key) => first.has(key))
  const isSameOrder = common.every((key, place) => key === other[place])
  const order: readonly JsonDifference[] = isSameOrder ? [] : [{ path, in: 'order' }]
  return [...order, ...compareEntries(first, second, path)]
}

/** Members without a value are none. */
function entriesOf(object: JsonObject): Entries {
  return new Map(Object.entries(object).filter(([, value]) => value !== undefined))
}

function named(list: readonly Json[], name: string): Entries {
  return new Map(list.map((member) => [nameOf(member, name) ?? '', member]))
}

function isNamed(list: readonly Json[], name: string): boolean {
  const names = list.map((member) => nameOf(member, name))
  return names.every((one) => one !== undefined) && new Set(names).size === names.length
}

function nameOf(member: Json, name: string): string | undefined {
  if (!isObject(member) || !Object.hasOwn(member, name)) return undefined
  const value = member[name]
  return typeof value === 'string' ? value : undefined
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
