/** What the names of a script stand for, as far as they can only stand for one thing. */
import { bare, child, children, everyNode, type SyntaxNode, textOf } from './syntax.ts'

const MOST_STEPS = 20_000

/** Constants and functions of a script. */
export class Names {
  readonly #values = new Map<string, SyntaxNode | undefined>()
  #steps = 0

  constructor(program: SyntaxNode) {
    for (const node of everyNode(program)) {
      if (node.type === 'VariableDeclarator') this.#declare(child(node, 'id'), child(node, 'init'))
      else if (node.type === 'FunctionDeclaration') this.#declare(child(node, 'id'), node)
      else if (node.type === 'AssignmentExpression') this.#reassign(child(node, 'left'))
    }
  }

  /** What a name was declared as; undefined when it was declared twice or given something else. */
  valueOf(name: string): SyntaxNode | undefined {
    return this.#values.get(name)
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

  #reassign(left: SyntaxNode | undefined): void {
    const name = left?.type === 'Identifier' ? textOf(left, 'name') : undefined
    if (name !== undefined) this.#values.set(name, undefined)
  }
}
