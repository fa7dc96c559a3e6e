/** Texts in the rows that PostgreSQL gives; what is none becomes nothing. */
import type { Json } from '../../core/units/json.ts'

/** A text, or an empty one. */
export function textOf(json: Json | undefined): string {
  return typeof json === 'string' ? json : ''
}

/** The texts of a list, or none. */
export function textsOf(json: Json | undefined): readonly string[] {
  return Array.isArray(json) ? json.map((item) => String(item)) : []
}
