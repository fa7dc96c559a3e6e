/**
 * Scripts as syntax trees. They are parsed and never run, and a tree is only looked at by the few things
 * that configurations are made of.
 */
import { parse } from '@babel/parser'

/** A node of a syntax tree. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
}

/** What is made to be slow takes a parser the square of its length; no configuration is so long. */
const LONGEST = 100_000
const MOST_DEPTH = 400

/** The statements of a script; undefined where they cannot be read. */
export function parseScript(text: string, path: string): SyntaxNode | undefined {
  // The parser goes down as deep as brackets do, and would go too deep.
  if (text.length > LONGEST || depthOf(text) > MOST_DEPTH) return undefined
  // Angle brackets before a value are a type in .ts, and an element elsewhere.
  const isTyped = /\.[cm]?ts$/.test(path)
  const { program } = parse(text, {
    ...{ sourceType: 'unambiguous', errorRecovery: true, attachComment: false },
    ...{ allowReturnOutsideFunction: true, allowAwaitOutsideFunction: true },
    plugins: isTyped ? ['typescript'] : ['typescript', 'jsx'],
  })
  return asNode(program)
}

function depthOf(text: string): number {
  let [depth, deepest] = [0, 0]
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if ('([{'.includes(character)) deepest = Math.max(deepest, ++depth)
    else if (')]}'.includes(character)) depth -= 1
  }
  return deepest
}

function asNode(value: unknown): SyntaxNode | undefined {
  const isNode = typeof value === 'object' && value !== null && 'type' in value && 'start' in value
  return isNode ? (value as SyntaxNode) : undefined
}

/** What a member of a node holds. */
export function member(node: SyntaxNode, key: string): unknown {
  return (node as unknown as Readonly<Record<string, unknown>>)[key]
}

/** The node that a member holds. */
export function child(node: SyntaxNode | undefined, key: string): SyntaxNode | undefined {
  return node === undefined ? undefined : asNode(member(node, key))
}

/** The nodes that a member holds as a list. */
export function children(node: SyntaxNode | undefined, key: string): readonly SyntaxNode[] {
  const list = node === undefined ? undefined : member(node, key)
  return Array.isArray(list) ? list.flatMap((one) => asNode(one) ?? []) : []
}

/** The text that a member holds. */
export function textOf(node: SyntaxNode | undefined, key: string): string | undefined {
  const text = node === undefined ? undefined : member(node, key)
  return typeof text === 'string' ? text : undefined
}

/** Every node of a tree, from the outside inwards. */
export function* everyNode(root: SyntaxNode): Generator<SyntaxNode> {
  const waiting: SyntaxNode[] = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    const inner = Object.entries(node).flatMap(([key, value]) =>
      key === 'loc' || key === 'extra' ? [] : Array.isArray(value) ? value : [value],
    )
    for (const one of inner.reverse()) {
      const found = asNode(one)
      if (found !== undefined) waiting.push(found)
    }
  }
}

/** A node without what only says of which type it is. */
export function bare(node: SyntaxNode | undefined): SyntaxNode | undefined {
  const wraps =
    /^(TSAsExpression|TSSatisfiesExpression|TSNonNullExpression|TSTypeAssertion|ParenthesizedExpression|AwaitExpression)$/
  let inner = node
  while (inner !== undefined && wraps.test(inner.type)) {
    inner = child(inner, 'expression') ?? child(inner, 'argument')
  }
  return inner
}
