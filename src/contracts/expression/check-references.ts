/**
 * References checked before anything runs: every name an expression uses must be declared, and have
 * a value by the time it is read. Knows shapes only, no kind of contract.
 */
import { listWords } from '../document/describe-value.ts'
import { nearestWord } from '../document/nearest-word.ts'
import { FUNCTION_NAMES, isFunction } from './cel-environment.ts'
import { type Expression, isComponentCall } from './compile.ts'
import { childrenOf, type Expr, textOf } from './walk.ts'

/** What is known of a value before it is there: anything, something without fields, or its fields. */
export type Shape = 'any' | 'value' | { readonly [field: string]: Shape }

/** What may be referred to at one place of a contract. */
export interface ReferenceScope {
  /** Roots by name: `self`, `settings`, `run`. */
  readonly roots: Readonly<Record<string, Shape>>
  /** Roots that exist but not here, and why. */
  readonly absentRoots: Readonly<Record<string, string>>
  /** Every declared component. */
  readonly componentNames: readonly string[]
  /** A declared component, as far as it is there by then. */
  readonly component: (name: string) => ComponentReference
}

/** What is known of a component, or why its values are not there and what to do about it. */
export type ComponentReference =
  | { readonly shape: Shape; readonly absent?: never }
  | { readonly shape?: never; readonly absent: string }

/** A wrong reference. */
export interface ReferenceProblem {
  readonly code: 'reference-unknown' | 'reference-not-needed'
  /** A sentence without a capital and without a full stop. */
  readonly sentence: string
  /** Where in the expression's text. */
  readonly offset: number
  readonly expected?: string
  readonly nearest?: string
}

const TYPE_NAMES: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'int',
  'list',
  'map',
  'null_type',
  'string',
  'timestamp',
  'type',
  'uint',
])

/** Every wrong reference of an expression, in the order of its text. */
export function checkReferences(
  expression: Expression,
  scope: ReferenceScope,
): readonly ReferenceProblem[] {
  const check = new ReferenceCheck(expression, scope)
  check.shapeOf(expression.root, new Set())
  return check.problems.toSorted((a, b) => a.offset - b.offset)
}

class ReferenceCheck {
  readonly problems: ReferenceProblem[] = []
  readonly #expression: Expression
  readonly #scope: ReferenceScope

  constructor(expression: Expression, scope: ReferenceScope) {
    this.#expression = expression
    this.#scope = scope
  }

  /** The shape a node comes to; what is wrong inside is noted on the way. */
  shapeOf(node: Expr, locals: ReadonlySet<string>): Shape {
    const { exprKind: kind } = node
    if (kind.case === 'identExpr') return this.#root(node, kind.value.name, locals)
    if (kind.case === 'selectExpr' && kind.value.operand !== undefined) {
      const shape = this.shapeOf(kind.value.operand, locals)
      const offset = this.#offset(node) + 1
      return this.#field(shape, { of: kind.value.operand, field: kind.value.field, offset })
    }
    if (kind.case === 'callExpr') return this.#call(node, locals)
    if (kind.case === 'comprehensionExpr') {
      const { iterVar, accuVar } = kind.value
      const inner = new Set([...locals, iterVar, accuVar])
      for (const child of childrenOf(node)) this.shapeOf(child, inner)
      return 'any'
    }
    for (const child of childrenOf(node)) this.shapeOf(child, locals)
    return kind.case === 'constExpr' ? 'value' : 'any'
  }

  #root(node: Expr, name: string, locals: ReadonlySet<string>): Shape {
    if (locals.has(name) || name.startsWith('@') || TYPE_NAMES.has(name)) return 'any'
    const { roots, absentRoots, componentNames } = this.#scope
    const shape = own(roots, name)
    if (shape !== undefined) return shape
    const offset = this.#offset(node)
    const why = own(absentRoots, name)
    if (why !== undefined) this.#note({ offset, sentence: why })
    else if (componentNames.includes(name)) {
      const sentence = `a component is written component("${name}")`
      this.#note({ offset, sentence, nearest: `component("${name}")` })
    } else {
      const expected = listWords([...Object.keys(roots), 'component("…")'])
      const isAlone = this.#expression.text.trim() === name
      const shell = isAlone ? `; write $\${${name}} to leave it as it stands` : ''
      const sentence = `${name} is not a name here; expected ${expected}${shell}`
      this.#note({ offset, sentence, expected, ...near(name, Object.keys(roots)) })
    }
    return 'any'
  }

  #call(node: Expr, locals: ReadonlySet<string>): Shape {
    const { exprKind: kind } = node
    if (kind.case !== 'callExpr') return 'any'
    const { target, args } = kind.value
    if (isComponentCall(node)) return this.#component(node, args)
    const name = kind.value.function
    const first = args[0]
    if (name === '_[_]' && first !== undefined) return this.#index(first, args[1], locals)
    const isQualified = target !== undefined && isFunction(`${qualifiedName(target)}.${name}`)
    if (!isQualified) {
      if (!isFunction(name)) {
        const sentence = `there is no function ${name}`
        this.#note({ offset: this.#offset(node), sentence, ...near(name, FUNCTION_NAMES) })
      }
      if (target !== undefined) this.shapeOf(target, locals)
    }
    for (const argument of args) this.shapeOf(argument, locals)
    return 'any'
  }

  #index(of: Expr, index: Expr | undefined, locals: ReadonlySet<string>): Shape {
    const shape = this.shapeOf(of, locals)
    const field = textOf(index)
    if (index !== undefined && field === undefined) this.shapeOf(index, locals)
    if (index === undefined || field === undefined || typeof shape === 'string') return 'any'
    return this.#field(shape, { of, field, offset: this.#offset(index) })
  }

  #component(node: Expr, args: readonly Expr[]): Shape {
    const argument = args[0]
    const name = args.length === 1 ? textOf(argument) : undefined
    if (argument === undefined || name === undefined) {
      const sentence = 'component takes one name in quotes, so that it can be checked beforehand'
      this.#note({ offset: this.#offset(node), sentence })
      return 'any'
    }
    const offset = this.#offset(argument)
    const { componentNames: known, component } = this.#scope
    if (known.includes(name)) {
      const { shape, absent } = component(name)
      if (shape !== undefined) return shape
      this.#note({ code: 'reference-not-needed', offset, sentence: absent })
      return 'any'
    }
    const sentence = `there is no component ${JSON.stringify(name)}`
    this.#note({ offset, sentence, expected: listWords(known), ...near(name, known) })
    return 'any'
  }

  #field(
    shape: Shape,
    access: { readonly of: Expr; readonly field: string; readonly offset: number },
  ): Shape {
    if (shape === 'any') return 'any'
    const { field, offset } = access
    const whose = printReference(access.of)
    if (shape === 'value') {
      this.#note({ offset, sentence: `${whose} is a single value and has no field ${field}` })
      return 'any'
    }
    const inner = own(shape, field)
    if (inner !== undefined) return inner
    const known = Object.keys(shape)
    const expected = known.length === 0 ? 'none' : listWords(known)
    const has = known.length === 0 ? 'it has none' : `it has ${listWords(known, 'and')}`
    const sentence = `${whose} has no field ${field}; ${has}`
    this.#note({ offset, sentence, expected, ...near(field, known) })
    return 'any'
  }

  #note(problem: Omit<ReferenceProblem, 'code'> & Partial<Pick<ReferenceProblem, 'code'>>): void {
    this.problems.push({ code: 'reference-unknown', ...problem })
  }

  #offset(node: Expr): number {
    return this.#expression.positions[String(node.id)] ?? 0
  }
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function near(word: string, known: readonly string[]): { readonly nearest?: string } {
  const nearest = nearestWord(word, known)
  return nearest === undefined ? {} : { nearest }
}

function qualifiedName(node: Expr): string {
  const { exprKind: kind } = node
  if (kind.case === 'identExpr') return kind.value.name
  if (kind.case !== 'selectExpr' || kind.value.operand === undefined) return ''
  return `${qualifiedName(kind.value.operand)}.${kind.value.field}`
}

/** A reference as it is written, for sentences. */
function printReference(node: Expr): string {
  const { exprKind: kind } = node
  if (isComponentCall(node) && kind.case === 'callExpr') {
    return `component(${JSON.stringify(textOf(kind.value.args[0]) ?? '…')})`
  }
  const name = qualifiedName(node)
  if (name !== '' && !name.startsWith('.')) return name
  if (kind.case !== 'selectExpr' || kind.value.operand === undefined) return 'this'
  return `${printReference(kind.value.operand)}.${kind.value.field}`
}
