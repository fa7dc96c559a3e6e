/**
 * CEL expressions from text: parsed once, checked against limits, ready to be evaluated again and
 * again. What is wrong comes back as a problem with its place in the text, never thrown.
 *
 * @source Common Expression Language, https://github.com/google/cel-spec
 */

import { type CelInput, type CelResult, parse, plan } from '@bufbuild/cel'
import { celEnvironment } from './cel-environment.ts'
import type { Result } from './result.ts'
import { explainSyntax } from './syntax-problem.ts'
import { childrenOf, type Expr } from './walk.ts'

/** The longest expression, in characters. */
export const EXPRESSION_MAX_LENGTH = 4_096

/** How deep loops (`all`, `exists`, `map`, `filter`) may stand in each other. */
const LOOPS_MAX = 2

/** Expressions kept compiled; beyond that the oldest is forgotten. */
const KEPT_MAX = 2_000

/** The name under which the values of all components are bound; no person can write it. */
export const COMPONENTS = '@components'

/** An expression ready to be evaluated. */
export interface Expression {
  readonly text: string
  readonly root: Expr
  /** Where each node stands in the text, by its id. */
  readonly positions: Readonly<Record<string, number>>
  /** The names it needs bound: roots such as `self`, and {@link COMPONENTS}. */
  readonly names: ReadonlySet<string>
  /** How deep its loops stand in each other. */
  readonly loops: number
  readonly run: (bindings: Readonly<Record<string, CelInput>>) => CelResult
}

const kept = new Map<string, Result<Expression>>()

/** Compiles an expression. The same text always gives the same result. */
export function compileExpression(text: string): Result<Expression> {
  const known = kept.get(text)
  if (known !== undefined) return known
  const compiled = compile(text)
  const oldest = kept.keys().next().value
  if (kept.size >= KEPT_MAX && oldest !== undefined) kept.delete(oldest)
  kept.set(text, compiled)
  return compiled
}

function compile(text: string): Result<Expression> {
  if (text.length > EXPRESSION_MAX_LENGTH) {
    return refused(`an expression is at most ${EXPRESSION_MAX_LENGTH} characters long`)
  }
  if (text.trim() === '')
    return {
      ok: false,
      problem: { reason: 'malformed', sentence: 'the expression is empty', offset: 0 },
    }
  try {
    const parsed = parse(text)
    const root = parsed.expr
    const names = new Set<string>()
    const loops = survey(root, names)
    if (loops > LOOPS_MAX) return refused(`loops may stand in each other at most ${LOOPS_MAX} deep`)
    const positions = parsed.sourceInfo?.positions ?? {}
    // A second tree, since the first keeps what the person wrote, for checking and for messages.
    const evaluated = parse(text).expr
    bindComponents(evaluated)
    const run = plan(celEnvironment, evaluated)
    return { ok: true, value: { text, root, positions, names, loops, run } }
  } catch (thrown) {
    return { ok: false, problem: explainSyntax(text, thrown) }
  }
}

function refused(sentence: string): Result<Expression> {
  return { ok: false, problem: { reason: 'refused', sentence, offset: 0 } }
}

/** Collects the names of an expression, and says how deep its loops are. */
function survey(node: Expr, names: Set<string>): number {
  const { exprKind: kind } = node
  if (kind.case === 'identExpr') names.add(kind.value.name)
  if (isComponentCall(node)) names.add(COMPONENTS)
  let deepest = 0
  for (const child of childrenOf(node)) deepest = Math.max(deepest, survey(child, names))
  return deepest + (kind.case === 'comprehensionExpr' ? 1 : 0)
}

/** Whether a node is `component(…)`. */
export function isComponentCall(node: Expr): boolean {
  const { exprKind: kind } = node
  if (kind.case !== 'callExpr') return false
  return kind.value.function === 'component' && kind.value.target === undefined
}

/** Makes `component("db")` read `@components["db"]`, so that scopes are plain values. */
function bindComponents(node: Expr): void {
  for (const child of childrenOf(node)) bindComponents(child)
  if (!isComponentCall(node) || node.exprKind.case !== 'callExpr') return
  const call = node.exprKind.value
  call.function = '_[_]'
  call.args = [identifier(node.id), ...call.args]
}

function identifier(id: bigint): Expr {
  return {
    $typeName: 'cel.expr.Expr',
    id,
    exprKind: { case: 'identExpr', value: { $typeName: 'cel.expr.Expr.Ident', name: COMPONENTS } },
  }
}
