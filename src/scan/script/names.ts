/** What the names of a script stand for, as far as they can only stand for one thing. */
import { bare, child, children, everyNode, member, type SyntaxNode, textOf } from './syntax.ts'

const MOST_STEPS = 20_000
const MOST_PARTS = 100

/** Constants and functions of a script. */
export class Names {
  readonly #values = new Map<string, SyntaxNode | undefined>()
  readonly #parts = new Map<string, readonly SyntaxNode[]>()
  #steps = 0

  constructor(program: SyntaxNode) {
    for (const node of everyNode(program)) {
      if (node.type === 'VariableDeclarator') this.#declare(child(node, 'id'), child(node, 'init'))
      else if (node.type === 'FunctionDeclaration') this.#declare(child(node, 'id'), node)
      else if (node.type === 'AssignmentExpression') this.#assign(node)
    }
  }

  /** What a name was declared as; undefined when it was declared twice or given something else. */
  valueOf(name: string): SyntaxNode | undefined {
    return this.#values.get(name)
  }

  /** Objects with what is given to members of a name, as by `config.server = { … }`. */
  partsOf(name: string): readonly SyntaxNode[] {
    return this.#parts.get(name) ?? []
  }

  /** Whether one more step may be taken: names that stand for each other could go on without end. */
  mayGoOn(): boolean {
    this.#steps += 1
    return this.#steps <= MOST_STEPS
  }

  #declare(id: SyntaxNode | undefined, value: SyntaxNode | undefined): void {
    if (id?.type === 'ObjectPattern') this.#declareParts(id)
    const name = id?.type === 'Identifier' ? textOf(id, 'name') : undefined
    if (name === undefined) return
    this.#values.set(name, this.#values.has(name) ? undefined : bare(value))
  }

  /** `const { PORT = 3000 } = process.env`: what is on the right counts when nothing is there. */
  #declareParts(pattern: SyntaxNode): void {
    for (const property of children(pattern, 'properties')) {
      const part = child(property, 'value')
      if (part?.type !== 'AssignmentPattern') continue
      const { start, end } = part
      const right = child(part, 'right')
      const choice = { type: 'LogicalExpression', operator: '??', start, end, right }
      this.#declare(child(part, 'left'), choice)
    }
  }

  #assign(node: SyntaxNode): void {
    const [left, right] = [child(node, 'left'), child(node, 'right')]
    const name = left?.type === 'Identifier' ? textOf(left, 'name') : undefined
    if (name !== undefined) this.#values.set(name, undefined)
    const path = left?.type === 'MemberExpression' ? pathOf(left) : undefined
    if (path === undefined || right === undefined) return
    const isExports = path[0] === 'module' && path[1] === 'exports'
    const [owner = '', ...keys] = isExports ? ['module.exports', ...path.slice(2)] : path
    if (keys.length === 0) return
    const parts = this.#parts.get(owner) ?? []
    if (parts.length < MOST_PARTS) this.#parts.set(owner, [...parts, objectWith(keys, right)])
  }
}

/** `a.b.c` as names; undefined where one of them is only known at run time. */
function pathOf(node: SyntaxNode): readonly string[] | undefined {
  const object = bare(child(node, 'object'))
  const key = textOf(child(node, 'property'), 'name')
  if (object === undefined || key === undefined || member(node, 'computed') === true)
    return undefined
  const name = object.type === 'Identifier' ? textOf(object, 'name') : undefined
  const before = name === undefined ? pathOf(object) : [name]
  return before === undefined ? undefined : [...before, key]
}

/** `a.b = value` as the object that it makes of `a`. */
function objectWith(keys: readonly string[], value: SyntaxNode): SyntaxNode {
  const { start, end } = value
  return keys.reduceRight<SyntaxNode>((inner, name) => {
    const key = { type: 'Identifier', start, end, name }
    const property = { type: 'ObjectProperty', start, end, key, value: inner }
    return { type: 'ObjectExpression', start, end, properties: [property] } as SyntaxNode
  }, value)
}
