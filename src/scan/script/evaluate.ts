/**
 * What an expression can only be: literals, constants, and the default beside a variable of the
 * environment. Whatever would have to be run is not known.
 */
import type { Confidence } from '../found/found-port.ts'
import type { Names } from './names.ts'
import { propertyOf } from './objects.ts'
import { bare, child, children, member, type SyntaxNode, textOf } from './syntax.ts'

/** A value, and how sure it is. */
export interface Known {
  readonly value: string | number | boolean
  readonly confidence: Extract<Confidence, 'explicit' | 'interpolated'>
  readonly offset: number
}

/** What is known where an expression is read. */
export interface Knowing {
  readonly names: Names
  readonly variables: Readonly<Record<string, string>>
}

const MOST_DEPTH = 30
const NOTHING: readonly Known[] = []

/** The values an expression may have: none where it is not known, several where it is a choice. */
export function evaluate(
  expression: SyntaxNode | undefined,
  knowing: Knowing,
  depth = 0,
): readonly Known[] {
  const node = bare(expression)
  if (node === undefined || depth > MOST_DEPTH || !knowing.names.mayGoOn()) return NOTHING
  const inner = (one: SyntaxNode | undefined): readonly Known[] => evaluate(one, knowing, depth + 1)
  switch (node.type) {
    case 'NumericLiteral':
    case 'StringLiteral':
    case 'BooleanLiteral':
      return [
        {
          value: member(node, 'value') as Known['value'],
          confidence: 'explicit',
          offset: node.start,
        },
      ]
    case 'Identifier':
      return inner(knowing.names.valueOf(textOf(node, 'name') ?? ''))
    case 'TemplateLiteral':
      return ofTemplate(node, inner)
    case 'LogicalExpression':
      return ofChoice(node, inner)
    case 'ConditionalExpression':
      return [...inner(child(node, 'consequent')), ...inner(child(node, 'alternate'))].map(unsure)
    case 'BinaryExpression':
      return ofSum(node, inner)
    case 'UnaryExpression':
      return textOf(node, 'operator') === '+' ? asNumbers(inner(child(node, 'argument'))) : NOTHING
    case 'CallExpression':
      return ofCall(node, inner)
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return ofMember(node, { knowing, inner })
    default:
      return NOTHING
  }
}

type Inner = (node: SyntaxNode | undefined) => readonly Known[]

function unsure(known: Known): Known {
  return { ...known, confidence: 'interpolated' }
}

/** `process.env.PORT ?? 3000`: what stands on the left when it is known, else what stands on the right. */
function ofChoice(node: SyntaxNode, inner: Inner): readonly Known[] {
  if (textOf(node, 'operator') === '&&') return NOTHING
  const left = inner(child(node, 'left'))
  return left.length > 0 ? left : inner(child(node, 'right')).map(unsure)
}

function ofTemplate(node: SyntaxNode, inner: Inner): readonly Known[] {
  const expressions = children(node, 'expressions').map((one) => inner(one))
  const quasis = children(node, 'quasis').map((one) => {
    const cooked = member(one, 'value') as { readonly cooked?: string } | undefined
    return cooked?.cooked ?? ''
  })
  if (expressions.some((one) => one.length !== 1)) return NOTHING
  const parts = expressions.flat()
  const value = quasis.map((quasi, index) => `${quasi}${parts[index]?.value ?? ''}`).join('')
  const isSure = parts.every(({ confidence }) => confidence === 'explicit')
  return [{ value, confidence: isSure ? 'explicit' : 'interpolated', offset: node.start }]
}

function ofSum(node: SyntaxNode, inner: Inner): readonly Known[] {
  const [left] = inner(child(node, 'left'))
  const [right] = inner(child(node, 'right'))
  const operator = textOf(node, 'operator')
  if (left === undefined || right === undefined || !/^[+-]$/.test(operator ?? '')) return NOTHING
  const isSure = left.confidence === 'explicit' && right.confidence === 'explicit'
  const common = { confidence: isSure ? 'explicit' : 'interpolated', offset: node.start } as const
  const [one, other] = [left.value, right.value]
  if (typeof one === 'number' && typeof other === 'number')
    return [{ ...common, value: operator === '+' ? one + other : one - other }]
  return operator === '+' ? [{ ...common, value: `${one}${other}` }] : NOTHING
}

function asNumbers(values: readonly Known[]): readonly Known[] {
  return values.flatMap((known) => {
    const value = Number(known.value)
    return Number.isNaN(value) ? [] : [{ ...known, value }]
  })
}

/** `Number(…)`, `parseInt(…, 10)` and `String(…)`: what the whole world calls the same. */
function ofCall(node: SyntaxNode, inner: Inner): readonly Known[] {
  const callee = bare(child(node, 'callee'))
  const name = textOf(callee, 'name') ?? textOf(child(callee, 'property'), 'name') ?? ''
  const [argument] = children(node, 'arguments')
  if (/^(Number|parseInt|parseFloat)$/.test(name)) return asNumbers(inner(argument))
  if (name === 'String') return inner(argument)
  // `.toString()` of something that is known.
  return name === 'toString' ? inner(child(callee, 'object')) : NOTHING
}

function ofMember(
  node: SyntaxNode,
  { knowing, inner }: { readonly knowing: Knowing; readonly inner: Inner },
): readonly Known[] {
  const object = bare(child(node, 'object'))
  const property = child(node, 'property')
  const name = textOf(property, 'name') ?? textOf(property, 'value')
  if (object === undefined || name === undefined) return NOTHING
  const isComputed = member(node, 'computed') === true && property?.type !== 'StringLiteral'
  if (isComputed) return NOTHING
  if (isEnvironment(object)) {
    const value = knowing.variables[name]
    return value === undefined
      ? NOTHING
      : [{ value, confidence: 'interpolated', offset: node.start }]
  }
  const target =
    object.type === 'Identifier' ? knowing.names.valueOf(textOf(object, 'name') ?? '') : object
  return target?.type === 'ObjectExpression' ? inner(propertyOf(target, name)) : NOTHING
}

/** `process.env`, `Bun.env`, `import.meta.env`. */
function isEnvironment(node: SyntaxNode): boolean {
  return /Member/.test(node.type) && textOf(child(node, 'property'), 'name') === 'env'
}
