/**
 * Parses JSON that came from outside into evidence: integers beyond 2^53 stay exact as texts, and
 * what could not be kept in the ledger (lone surrogates, endless nesting) is mended or refused.
 */
import type { Json } from '../../core/units/json.ts'

/** The deepest nesting that is read; evidence is walked by recursion elsewhere. */
const DEPTH_MAX = 64

/** What was read, or why it is not JSON. */
export type ParsedDocument =
  | { readonly parsed: true; readonly json: Json }
  | { readonly parsed: false; readonly mistake: string }

/** Parses a JSON text. */
export function parseDocument(text: string): ParsedDocument {
  if (isTooDeep(text)) {
    return { parsed: false, mistake: `it is nested more than ${DEPTH_MAX} deep` }
  }
  try {
    const json: Json = JSON.parse(text.toWellFormed(), exact)
    return { parsed: true, json }
  } catch (thrown) {
    return { parsed: false, mistake: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

/** A number that binary64 does not hold exactly stays what was written. */
function exact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value !== 'number') return value
  const inexact = Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value)
  return inexact ? (context?.source ?? String(value)) : value
}

function isTooDeep(text: string): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (inString) {
      if (unit === 0x5c) at += 1
      else if (unit === 0x22) inString = false
    } else if (unit === 0x22) inString = true
    else if (unit === 0x5b || unit === 0x7b) depth += 1
    else if (unit === 0x5d || unit === 0x7d) depth -= 1
    if (depth > DEPTH_MAX) return true
  }
  return false
}
