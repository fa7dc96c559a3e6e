/** The values an expression looked at, so that a refusal shows its numbers. */
import type { Json, JsonObject } from '../core/units/json.ts'

/** How many values are told. */
const TOLD_MAX = 5

/** How long a told value may be. @unit characters */
const VALUE_MAX = 40

const PATH = /\bevidence((?:\.[A-Za-z_]\w*)+)/g

/**
 * The plain values at the paths that an expression names, in the order it names them; empty when it
 * names none.
 *
 * @example toldEvidence('evidence.json.warmed == 8', { json: { warmed: 4 } }) === 'json.warmed is 4'
 */
export function toldEvidence(expression: string, evidence: JsonObject): string {
  const paths = new Set([...expression.matchAll(PATH)].map(([, path = '']) => path.slice(1)))
  return [...paths]
    .flatMap((path) => {
      const value = valueAt(evidence, path.split('.'))
      return value === undefined || (typeof value === 'object' && value !== null)
        ? []
        : [`${path} is ${shorten(JSON.stringify(value))}`]
    })
    .slice(0, TOLD_MAX)
    .join(', ')
}

function valueAt(evidence: JsonObject, steps: readonly string[]): Json | undefined {
  let value: Json | undefined = evidence
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const members = value as JsonObject
    value = Object.hasOwn(members, step) ? members[step] : undefined
  }
  return value
}

function shorten(text: string): string {
  return text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX).toWellFormed()}…`
}
