/**
 * JSON to CEL values and back. Whole numbers become `int`, so that `evidence.rows[0].n + 1` works as
 * it reads; others become `double`. The way back refuses what JSON cannot carry exactly.
 */
import { type CelInput, type CelValue, isCelList, isCelMap, isCelUint } from '@bufbuild/cel'
import type { Json } from '../../core/units/json.ts'
import type { Result } from './result.ts'

/** A JSON value as CEL reads it. */
export function celOfJson(value: Json): CelInput {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(celOfJson)
  return new Map(Object.entries(value).map(([key, member]) => [key, celOfJson(member)]))
}

/** How many values a JSON value is made of, itself included. */
export function countValues(value: Json): number {
  if (typeof value !== 'object' || value === null) return 1
  const members: readonly Json[] = Array.isArray(value) ? value : Object.values(value)
  let count = 1
  for (const member of members) count += countValues(member)
  return count
}

/** A CEL value as JSON. */
export function jsonOfCel(value: CelValue): Result<Json> {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return ok(value)
  if (typeof value === 'number') {
    return Number.isFinite(value) ? ok(value) : failed(`the value is ${value}, which is no number`)
  }
  if (typeof value === 'bigint') return jsonOfInteger(value)
  if (isCelUint(value)) return jsonOfInteger(value.value)
  if (isCelList(value)) return jsonOfList([...value])
  if (isCelMap(value)) return jsonOfMap([...value.entries()])
  return failed('the value is not text, number, boolean, list or map; wrap it in string(…)')
}

function jsonOfInteger(value: bigint): Result<Json> {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return ok(number)
  return failed('the value is a whole number beyond 2^53; wrap it in string(…)')
}

function jsonOfList(values: readonly CelValue[]): Result<Json> {
  const items: Json[] = []
  for (const value of values) {
    const item = jsonOfCel(value)
    if (!item.ok) return item
    items.push(item.value)
  }
  return ok(items)
}

function jsonOfMap(entries: readonly (readonly [unknown, CelValue])[]): Result<Json> {
  const members: [string, Json][] = []
  for (const [key, value] of entries) {
    if (typeof key !== 'string') return failed('the value is a map with a key that is no string')
    const member = jsonOfCel(value)
    if (!member.ok) return member
    members.push([key, member.value])
  }
  return ok(Object.fromEntries(members))
}

function ok(value: Json): Result<Json> {
  return { ok: true, value }
}

function failed(sentence: string): Result<Json> {
  return { ok: false, problem: { reason: 'failed', sentence } }
}
