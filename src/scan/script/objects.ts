/** Objects in scripts: the ones that a configuration file gives away, and their properties. */
import type { Names } from './names.ts'
import { bare, child, children, everyNode, member, type SyntaxNode, textOf } from './syntax.ts'

const MOST_DEPTH = 20

/** A property's value; the last one of a name counts. */
export function propertyOf(object: SyntaxNode, name: string): SyntaxNode | undefined {
  const found = children(object, 'properties').findLast((one) => keyOf(one) === name)
  if (found?.type === 'ObjectMethod') return found
  return found === undefined ? undefined : child(found, 'value')
}

/** The name of a property. */
export function keyOf(property: SyntaxNode): string | undefined {
  if (!/^Object(Property|Method)$/.test(property.type)) return undefined
  const key = child(property, 'key')
  if (member(property, 'computed') === true && key?.type !== 'StringLiteral') return undefined
  return textOf(key, 'name') ?? textOf(key, 'value')
}

/** The objects that an expression may be: through names, functions, wrapping calls, lists and choices. */
export function objectsOf(
  expression: SyntaxNode | undefined,
  names: Names,
  depth = 0,
): readonly SyntaxNode[] {
  const node = bare(expression)
  if (node === undefined || depth > MOST_DEPTH || !names.mayGoOn()) return []
  const inner = (one: SyntaxNode | undefined): readonly SyntaxNode[] =>
    objectsOf(one, names, depth + 1)
  switch (node.type) {
    case 'ObjectExpression':
      return [node, ...spreadIn(node).flatMap(inner)]
    case 'ArrayExpression':
      return children(node, 'elements').flatMap(inner)
    case 'Identifier': {
      const name = textOf(node, 'name') ?? ''
      return [...inner(names.valueOf(name)), ...names.partsOf(name)]
    }
    case 'LogicalExpression':
      return [...inner(child(node, 'left')), ...inner(child(node, 'right'))]
    case 'CallExpression':
      // `defineConfig(…)`, `merge(a, b)`, `withPlugin({ … })(config)`: what goes in comes out.
      return [...children(node, 'arguments'), ...calledIn(node)].flatMap(inner)
    case 'ConditionalExpression':
      return [...inner(child(node, 'consequent')), ...inner(child(node, 'alternate'))]
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
    case 'ObjectMethod':
      return returnedBy(node).flatMap(inner)
    default:
      return []
  }
}

function spreadIn(node: SyntaxNode): readonly SyntaxNode[] {
  return children(node, 'properties').flatMap((one) =>
    one.type === 'SpreadElement' ? (child(one, 'argument') ?? []) : [],
  )
}

/** A function that is written where it is called, or a list that only loses some of its items. */
function calledIn(node: SyntaxNode): readonly SyntaxNode[] {
  const callee = bare(child(node, 'callee'))
  const isOfList = /^(filter|concat|flat|toSorted)$/.test(
    textOf(child(callee, 'property'), 'name') ?? '',
  )
  const list = isOfList ? child(callee, 'object') : undefined
  if (list !== undefined) return [list]
  return callee !== undefined && /Function/.test(callee.type) ? [callee] : []
}

function returnedBy(node: SyntaxNode): readonly SyntaxNode[] {
  const body = child(node, 'body')
  if (body === undefined) return []
  if (body.type !== 'BlockStatement') return [body]
  return [...ownStatements(body)].flatMap((one) =>
    one.type === 'ReturnStatement' ? (child(one, 'argument') ?? []) : [],
  )
}

/** The statements of a function, without those of functions within it. */
function* ownStatements(block: SyntaxNode): Generator<SyntaxNode> {
  const waiting = [...children(block, 'body')]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    if (/Function|Class/.test(node.type)) continue
    waiting.push(
      ...children(node, 'body'),
      ...children(node, 'consequent'),
      ...children(node, 'cases'),
    )
    const inner = ['body', 'consequent', 'alternate', 'block', 'finalizer']
    waiting.push(...inner.flatMap((key) => child(node, key) ?? []))
  }
}

/** What a configuration file gives away: `export default`, `module.exports`, or both written apart. */
export function configurationsIn(program: SyntaxNode, names: Names): readonly SyntaxNode[] {
  const given = [...everyNode(program)].flatMap((node): readonly SyntaxNode[] => {
    if (node.type === 'ExportDefaultDeclaration') return [child(node, 'declaration') ?? node]
    const isExport = node.type === 'TSExportAssignment'
    if (isExport) return [child(node, 'expression') ?? node]
    if (node.type === 'ExportSpecifier')
      return isDefault(node) ? [child(node, 'local') ?? node] : []
    if (node.type !== 'AssignmentExpression') return []
    const [left, right] = [child(node, 'left'), child(node, 'right')]
    return left !== undefined && right !== undefined && isExports(left) ? [right] : []
  })
  const apart = names.partsOf('module.exports')
  return [...new Set([...given.flatMap((one) => objectsOf(one, names)), ...apart])]
}

/** `export { config as default }`. */
function isDefault(specifier: SyntaxNode): boolean {
  return textOf(child(specifier, 'exported'), 'name') === 'default'
}

/** `module.exports` and `exports.default`. */
function isExports(left: SyntaxNode): boolean {
  const object = textOf(child(left, 'object'), 'name')
  const property = textOf(child(left, 'property'), 'name')
  return (
    (object === 'module' && property === 'exports') ||
    (object === 'exports' && property === 'default')
  )
}
