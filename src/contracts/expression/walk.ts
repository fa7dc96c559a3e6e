/** The parts of a CEL expression. */
import type { parse } from '@bufbuild/cel'

/** A node of a parsed expression. */
export type Expr = ReturnType<typeof parse>['expr']

/** The nodes directly inside a node, in the order of the text as far as there is one. */
export function childrenOf(node: Expr): readonly Expr[] {
  const { exprKind: kind } = node
  switch (kind.case) {
    case 'selectExpr':
      return some(kind.value.operand)
    case 'callExpr':
      return some(kind.value.target, ...kind.value.args)
    case 'listExpr':
      return kind.value.elements
    case 'structExpr':
      return kind.value.entries.flatMap((entry) =>
        some(entry.keyKind.case === 'mapKey' ? entry.keyKind.value : undefined, entry.value),
      )
    case 'comprehensionExpr': {
      const loop = kind.value
      return some(loop.iterRange, loop.accuInit, loop.loopCondition, loop.loopStep, loop.result)
    }
    default:
      return []
  }
}

/** A text that is written as it is; undefined: the node is something else. */
export function textOf(node: Expr | undefined): string | undefined {
  const kind = node?.exprKind
  if (kind?.case !== 'constExpr') return undefined
  const constant = kind.value.constantKind
  return constant.case === 'stringValue' ? constant.value : undefined
}

function some(...nodes: readonly (Expr | undefined)[]): readonly Expr[] {
  return nodes.filter((node) => node !== undefined)
}
