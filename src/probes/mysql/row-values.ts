/** How values of MySQL become evidence: exact, and never something JSON cannot carry. */
import type { Json, JsonObject } from '../../core/units/json.ts'

/** The most bytes of a binary value that are shown. */
const SHOWN_BYTES_MAX = 64

/** A row as the driver gives it, as JSON. */
export function toJsonRow(row: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toJson(value)]))
}

/** A text, or an empty one. */
export function textOf(json: Json | undefined): string {
  return json === null || json === undefined || typeof json === 'object' ? '' : String(json)
}

function toJson(value: unknown): Json {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (Buffer.isBuffer(value)) return `0x${value.subarray(0, SHOWN_BYTES_MAX).toString('hex')}`
  // A column of the type JSON, which the driver has read already.
  return JSON.parse(JSON.stringify(value)) as Json
}
