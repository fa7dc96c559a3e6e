/** Which fields of something templates refer to, however that is written. Nothing is evaluated. */
import type { Json } from '../../core/units/json.ts'
import { compileExpression } from './compile.ts'
import { parseTemplate } from './template.ts'
import { childrenOf, type Expr, textOf } from './walk.ts'

/**
 * The fields that templates anywhere in a value take of a place. What cannot be read takes none.
 *
 * @example fieldsTaken('${self.ports["http"]}', ['self', 'ports']) // http
 */
export function fieldsTaken(value: Json, place: readonly string[]): ReadonlySet<string> {
  const taken = new Set<string>()
  for (const root of expressionsIn(value)) take(root, place, taken)
  return taken
}

function expressionsIn(value: Json): readonly Expr[] {
  if (typeof value === 'string') return holesOf(value)
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(expressionsIn)
}

function holesOf(text: string): readonly Expr[] {
  const template = parseTemplate(text)
  const parts = template.ok ? template.value.parts : []
  return parts.flatMap((part) => {
    if (typeof part === 'string') return []
    const compiled = compileExpression(part.expression)
    return compiled.ok ? [compiled.value.root] : []
  })
}

function take(node: Expr, place: readonly string[], taken: Set<string>): void {
  const steps = stepsOf(node) ?? []
  const field = steps[place.length]
  const isThere = place.every((step, index) => steps[index] === step)
  if (isThere && field !== undefined) taken.add(field)
  for (const child of childrenOf(node)) take(child, place, taken)
}

/** `self.ports.http` and `self["ports"]["http"]` as their words; undefined: it is no such thing. */
function stepsOf(node: Expr): readonly string[] | undefined {
  const { exprKind: kind } = node
  if (kind.case === 'identExpr') return [kind.value.name]
  const [of, field] = selectionOf(node)
  const steps = of === undefined || field === undefined ? undefined : stepsOf(of)
  return steps === undefined || field === undefined ? undefined : [...steps, field]
}

function selectionOf({
  exprKind: kind,
}: Expr): readonly [of?: Expr | undefined, field?: string | undefined] {
  if (kind.case === 'selectExpr') return [kind.value.operand, kind.value.field]
  if (kind.case !== 'callExpr' || kind.value.function !== '_[_]') return []
  const [of, index] = kind.value.args
  return [of, textOf(index)]
}
