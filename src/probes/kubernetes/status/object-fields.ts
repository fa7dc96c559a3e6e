/** Reads fields of Kubernetes objects, of which any may be absent. */
import type { Json, JsonObject } from '../../../core/units/json.ts'
import { valueAt } from '../../exchange/json-path.ts'

/** One of `status.conditions`. */
export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly observedGeneration: number | undefined
}

/** The number at a path such as `status.readyReplicas`. */
export function numberAt(object: JsonObject, path: string, otherwise: number): number {
  const value = valueAt(object, path)
  return typeof value === 'number' ? value : otherwise
}

/** The text at a path; empty when there is none. */
export function textAt(object: JsonObject, path: string): string {
  const value = valueAt(object, path)
  return typeof value === 'string' ? value : ''
}

/** The objects of the list at a path. */
export function objectsAt(object: JsonObject, path: string): readonly JsonObject[] {
  const value = valueAt(object, path)
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The conditions that an object tells of itself. */
export function conditionsOf(object: JsonObject): readonly Condition[] {
  return objectsAt(object, 'status.conditions').map((condition) => {
    const observed = condition['observedGeneration']
    return {
      type: textAt(condition, 'type'),
      status: textAt(condition, 'status'),
      reason: textAt(condition, 'reason'),
      message: textAt(condition, 'message'),
      observedGeneration: typeof observed === 'number' ? observed : undefined,
    }
  })
}

/** The condition of a type. */
export function conditionOf(object: JsonObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type)
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
