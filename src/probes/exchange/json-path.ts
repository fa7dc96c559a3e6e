/** Finds values in JSON by a path such as `order.status` or `items.0.id`. */
import type { Json } from '../../core/units/json.ts'

/** What stands at the path; undefined when nothing does. */
export function valueAt(json: Json | undefined, path: string): Json | undefined {
  let at: Json | undefined = json
  for (const step of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    at = (at as Readonly<Record<string, Json>>)[step]
  }
  return at
}

/** A value as the text that patterns are held against; undefined for lists and objects. */
export function printScalar(value: Json | undefined): string | undefined {
  if (value === undefined || (typeof value === 'object' && value !== null)) return undefined
  return String(value)
}
