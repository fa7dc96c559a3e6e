/**
 * A limit on evidence: what a probe saw may be as large as it likes for `when`, but not in the record,
 * where it would be kept for good.
 */
import type { Json, JsonObject } from '../core/units/json.ts'

/** The most that one answer's evidence may take in the record, as JSON. @unit characters */
export const EVIDENCE_LIMIT = 16_384

/** Texts longer than this are cut first. @unit characters */
const TEXT_LIMIT = 512

/** Lists longer than this are cut first. */
const LIST_LIMIT = 20

/** The evidence as it is when small enough; else cut, and said so under `cut`. */
export function limitEvidence(evidence: JsonObject): JsonObject {
  const size = JSON.stringify(evidence).length
  if (size <= EVIDENCE_LIMIT) return evidence
  const shorter = shorten(evidence) as JsonObject
  if (JSON.stringify(shorter).length <= EVIDENCE_LIMIT) return { ...shorter, cut: size }
  // Still too large: what is left are the plain facts at the top.
  const plain = Object.entries(shorter).filter(([, value]) => typeof value !== 'object')
  return { ...Object.fromEntries(plain.slice(0, LIST_LIMIT)), cut: size }
}

function shorten(value: Json): Json {
  if (typeof value === 'string') {
    return value.length <= TEXT_LIMIT ? value : `${value.slice(0, TEXT_LIMIT).toWellFormed()}…`
  }
  if (Array.isArray(value)) return value.slice(0, LIST_LIMIT).map(shorten)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value as JsonObject).slice(0, 4 * LIST_LIMIT)
  return Object.fromEntries(members.map(([key, member]) => [key, shorten(member ?? null)]))
}
