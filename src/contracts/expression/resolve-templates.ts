/** Every `${…}` in a JSON value replaced by what it comes to. Keys are left as they are. */
import { hostBetween } from '../../core/port/ip-text.ts'
import type { Json } from '../../core/units/json.ts'
import { evaluate, type Scope } from './evaluate.ts'
import type { Problem, Result } from './result.ts'
import { type Hole, parseTemplate } from './template.ts'

/** The longest text that a template may come to, in characters. */
const RESOLVED_MAX_LENGTH = 65_536

/** Resolves every template in a value; the first that fails stops it. */
export function resolveTemplates(value: Json, scope: Scope): Result<Json> {
  if (typeof value === 'string') return resolveText(value, scope)
  if (typeof value !== 'object' || value === null) return { ok: true, value }
  if (Array.isArray(value)) {
    const items: Json[] = []
    for (const item of value as readonly Json[]) {
      const resolved = resolveTemplates(item, scope)
      if (!resolved.ok) return resolved
      items.push(resolved.value)
    }
    return { ok: true, value: items }
  }
  const members: [string, Json][] = []
  for (const [key, member] of Object.entries(value)) {
    const resolved = resolveTemplates(member, scope)
    if (!resolved.ok) return resolved
    members.push([key, resolved.value])
  }
  return { ok: true, value: Object.fromEntries(members) }
}

function resolveText(text: string, scope: Scope): Result<Json> {
  if (!text.includes('${')) return { ok: true, value: text }
  const template = parseTemplate(text)
  if (!template.ok) return template
  const { parts, isWhole } = template.value
  let printed = ''
  for (const [place, part] of parts.entries()) {
    if (typeof part === 'string') {
      printed += part
      continue
    }
    const value = evaluate(part.expression, scope)
    if (!value.ok) return { ok: false, problem: inHole(value.problem, part) }
    if (isWhole) return value
    const shown = printValue(value.value)
    if (shown === undefined) return { ok: false, problem: inHole(NOT_TEXT, part) }
    const next = parts[place + 1]
    printed += hostBetween(printed, shown, typeof next === 'string' ? next : '')
  }
  if (printed.length > RESOLVED_MAX_LENGTH) return { ok: false, problem: TOO_LONG }
  return { ok: true, value: printed }
}

const NOT_TEXT: Problem = {
  reason: 'failed',
  sentence: 'a list, a map or null cannot stand inside a text; let the template be the whole value',
}

const TOO_LONG: Problem = {
  reason: 'refused',
  sentence: `a template may come to at most ${RESOLVED_MAX_LENGTH} characters`,
}

/** Numbers print as JSON does, booleans as `true` and `false`. */
function printValue(value: Json): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

function inHole(problem: Problem, hole: Hole): Problem {
  const sentence = `\${${hole.expression}}: ${problem.sentence}`
  return { ...problem, sentence, offset: hole.offset + (problem.offset ?? 0) }
}
