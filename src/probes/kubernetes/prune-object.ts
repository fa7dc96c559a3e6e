/**
 * Makes evidence of an object: without what only the API server keeps books with, without secrets as
 * far as they can be told, and bounded in size.
 */
import type { Json, JsonObject } from '../../core/units/json.ts'
import { REDACTED, redactDocument } from '../redaction/redact.ts'

const LENGTH_MAX = 32_768

/** The object for evidence and for `when`. */
export function pruneObject(object: JsonObject): JsonObject {
  const pruned = redactDocument(prune(object, isSecret(object)), []) as JsonObject
  return fit(pruned, ['data', 'spec', 'status', 'metadata'])
}

/** Leaves out the largest that are of least interest until the rest fits, and says what is missing. */
function fit(object: JsonObject, expendable: readonly string[]): JsonObject {
  const [next, ...others] = expendable
  if (next === undefined || JSON.stringify(object).length <= LENGTH_MAX) return object
  if (object[next] === undefined) return fit(object, others)
  const left = Array.isArray(object['leftOut']) ? object['leftOut'] : []
  const rest = Object.entries(object).filter(([name]) => name !== next)
  return fit({ ...Object.fromEntries(rest), leftOut: [...left, next] }, others)
}

function isSecret(object: JsonObject): boolean {
  return object['kind'] === 'Secret'
}

function prune(json: Json, hidesData: boolean): Json {
  if (Array.isArray(json)) return json.map((item) => prune(item, false))
  if (typeof json !== 'object' || json === null) return json
  const kept = Object.entries(json).filter(
    ([name]) => name !== 'managedFields' && !name.endsWith('/last-applied-configuration'),
  )
  return Object.fromEntries(
    kept.map(([name, member]) => {
      if (hidesData && (name === 'data' || name === 'stringData')) return [name, hideValues(member)]
      if (name === 'env' && Array.isArray(member)) return [name, member.map(hideVariable)]
      return [name, prune(member, false)]
    }),
  )
}

/** Variables of containers often hold passwords, whatever they are called. */
function hideVariable(variable: Json): Json {
  const isNamed = typeof variable === 'object' && variable !== null && 'value' in variable
  return isNamed ? { ...variable, value: REDACTED } : variable
}

function hideValues(data: Json): Json {
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(Object.keys(data).map((name) => [name, REDACTED]))
}
