/** Differences between two JSON values, at the deepest places that still tell them apart. */
import { type Json, printCanonicalJson } from '../units/json.ts'

/** One place that differs. */
export interface Difference {
  readonly path: readonly string[]
  /** Absent: there was nothing. */
  readonly before?: Json
  /** Absent: there is nothing. */
  readonly after?: Json
}

/** Every difference, in the order of keys. Lists differ as a whole unless they are equally long. */
export function differencesOf(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly string[] = [],
): readonly Difference[] {
  if (isSame(before, after)) return []
  const [one, other] = [membersOf(before), membersOf(after)]
  const isAlike = Array.isArray(before) === Array.isArray(after)
  const isResized = Array.isArray(before) && Object.keys(one ?? {}).length !== lengthOf(after)
  if (one === undefined || other === undefined || !isAlike || isResized) {
    return [
      {
        path,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      },
    ]
  }
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return keys.flatMap((key) => differencesOf(one[key], other[key], [...path, key]))
}

function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return printCanonicalJson(one) === printCanonicalJson(other)
}

function membersOf(value: Json | undefined): Readonly<Record<string, Json>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return Array.isArray(value) ? Object.fromEntries(value.entries()) : (value as never)
}

function lengthOf(value: Json | undefined): number {
  return Array.isArray(value) ? value.length : 0
}
