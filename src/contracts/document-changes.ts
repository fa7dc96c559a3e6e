/**
 * Where two documents differ, place by place, as people point at places: `spec.components.api.ready[0]`.
 * Lists are matched from both ends, so that one more member in the middle is just that.
 */
import type { Json, JsonObject } from '../core/units/json.ts'
import { printCanonicalJson } from '../core/units/json.ts'
import { type Path, printPath } from './document/issue.ts'

/** One place in which two documents differ. */
export interface DocumentChange {
  readonly path: string
  readonly change: 'added' | 'removed' | 'changed'
  /** Canonical JSON; absent where it was not there. */
  readonly before?: string
  readonly after?: string
}

/** Every place that differs, none inside another, in the order of the documents; empty: none does. */
export function documentChanges(before: Json, after: Json): readonly DocumentChange[] {
  return compare(before, after, [])
}

function compare(before: Json, after: Json, path: Path): readonly DocumentChange[] {
  if (isObject(before) && isObject(after)) return compareObjects(before, after, path)
  if (isList(before) && isList(after) && ![...before, ...after].every(isPlain)) {
    return compareLists(before, after, path)
  }
  const [first, second] = [printCanonicalJson(before), printCanonicalJson(after)]
  if (first === second) return []
  return [{ path: printPath(path), change: 'changed', before: first, after: second }]
}

function compareObjects(
  before: JsonObject,
  after: JsonObject,
  path: Path,
): readonly DocumentChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap((key) => {
    const at = [...path, key]
    const [first, second] = [ownOf(before, key), ownOf(after, key)]
    if (first === undefined) return second === undefined ? [] : [added(at, second)]
    return second === undefined ? [removed(at, first)] : compare(first, second, at)
  })
}

function compareLists(
  before: readonly Json[],
  after: readonly Json[],
  path: Path,
): readonly DocumentChange[] {
  const [first, second] = [before.map(printCanonicalJson), after.map(printCanonicalJson)]
  const least = Math.min(first.length, second.length)
  let head = 0
  while (head < least && first[head] === second[head]) head += 1
  let tail = 0
  while (tail < least - head && first.at(-1 - tail) === second.at(-1 - tail)) tail += 1
  const [gone, come] = [
    before.slice(head, before.length - tail),
    after.slice(head, after.length - tail),
  ]
  const count = Math.max(gone.length, come.length)
  return Array.from({ length: count }, (_, place) => place).flatMap((place) => {
    const at = [...path, head + place]
    const [one, other] = [gone[place], come[place]]
    if (one === undefined) return other === undefined ? [] : [added(at, other)]
    return other === undefined ? [removed(at, one)] : compare(one, other, at)
  })
}

function added(path: Path, value: Json): DocumentChange {
  return { path: printPath(path), change: 'added', after: printCanonicalJson(value) }
}

function removed(path: Path, value: Json): DocumentChange {
  return { path: printPath(path), change: 'removed', before: printCanonicalJson(value) }
}

function ownOf(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isPlain(value: Json): boolean {
  return typeof value !== 'object' || value === null
}
