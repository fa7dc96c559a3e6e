/** Expressions evaluated on values. Pure: the same text and scope always give the same result. */
import { type CelError, type CelInput, isCelError } from '@bufbuild/cel'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { celOfJson, countValues, jsonOfCel } from './cel-json.ts'
import { COMPONENTS, compileExpression, type Expression } from './compile.ts'
import type { Result } from './result.ts'

/** What expressions may refer to. */
export interface Scope {
  /** What the stage's own command put out: host, ports, pid. */
  readonly self?: JsonObject
  /** What other components put out and proved, by name: `component("db").ports.pg`. */
  readonly components: Readonly<Record<string, JsonObject>>
  readonly region?: JsonObject
  /** May hold secrets, so no problem's sentence ever shows a value. */
  readonly settings: JsonObject
  /** The ramp itself: id, workspace, goal, directory. */
  readonly run: JsonObject
  /** What a probe has just seen; only where a probe's answer is judged. */
  readonly evidence?: Json
}

/** The most steps that the loops of one evaluation may take. */
const STEPS_MAX = 10_000_000

/** Evaluates an expression. */
export function evaluate(text: string, scope: Scope): Result<Json> {
  const compiled = compileExpression(text)
  if (!compiled.ok) return compiled
  const bound = bind(compiled.value, scope)
  if (!bound.ok) return bound
  const value = compiled.value.run(bound.value)
  if (isCelError(value)) return failure(value, compiled.value)
  return jsonOfCel(value)
}

/** Evaluates an expression that must come to true or false. */
export function evaluateBoolean(text: string, scope: Scope): Result<boolean> {
  const result = evaluate(text, scope)
  if (!result.ok) return result
  if (typeof result.value === 'boolean') return { ok: true, value: result.value }
  const found = Array.isArray(result.value) ? 'list' : typeof result.value
  const sentence = `the expression comes to a ${found}, not to true or false; compare it with something`
  return { ok: false, problem: { reason: 'failed', sentence } }
}

/** Binds only the names that the expression uses. */
function bind(expression: Expression, scope: Scope): Result<Record<string, CelInput>> {
  const { self, region, settings, run, evidence } = scope
  const values: Readonly<Record<string, Json | undefined>> = {
    self,
    region,
    settings,
    run,
    evidence,
    [COMPONENTS]: scope.components,
  }
  const bindings: Record<string, CelInput> = {}
  let count = 0
  for (const name of expression.names) {
    const value = values[name]
    if (value === undefined) continue
    bindings[name] = celOfJson(value)
    if (expression.loops > 0) count += countValues(value)
  }
  if (count ** expression.loops <= STEPS_MAX) return { ok: true, value: bindings }
  const sentence = `the expression loops over too much: ${count} values, ${expression.loops} deep`
  return { ok: false, problem: { reason: 'refused', sentence } }
}

function failure(error: CelError, expression: Expression): Result<Json> {
  const id = error.exprId
  const offset = id === undefined ? undefined : expression.positions[String(id)]
  const problem = { reason: 'failed', sentence: sentenceOf(error.message) } as const
  return { ok: false, problem: offset === undefined ? problem : { ...problem, offset } }
}

const OVERLOAD = /^found no matching overload for '(.+)' applied to '\((.*)\)'$/

function sentenceOf(message: string): string {
  const field = /^field not found: (.*)$/.exec(message)?.[1]
  if (field !== undefined) return `there is no field ${field}`
  const [, operation, operands] = OVERLOAD.exec(message) ?? []
  if (operation !== undefined) {
    const written = operation.replaceAll('_', '')
    return `${written} does not work on ${(operands ?? '').replace(', ', ' and ')}`
  }
  if (message === 'unresolved attribute') return 'a name has no value here'
  const index = /^index (-?\d+) out of bounds/.exec(message)?.[1]
  if (index !== undefined) return `there is nothing at place ${index}; the first place is 0`
  // The library puts the value into these, and the value may be a secret.
  if (/convert|parse|invalid/i.test(message)) return 'a text cannot be read as what it should be'
  return message
}
