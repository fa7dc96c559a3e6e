/**
 * What CEL knows here: its standard functions, the strings extension, and arithmetic between whole
 * numbers and fractions, so that nobody needs to know which of the two a measured number is.
 */
import { type CelEnv, type CelFunc, CelScalar, celEnv, celFunc } from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'

/** The environment that every expression is evaluated in. */
export const celEnvironment: CelEnv = celEnv({
  funcs: [
    ...strings,
    ...mixed('_+_', (a, b) => a + b),
    ...mixed('_-_', (a, b) => a - b),
    ...mixed('_*_', (a, b) => a * b),
    ...mixed('_/_', (a, b) => a / b),
  ],
})

function mixed(name: string, operate: (a: number, b: number) => number): readonly CelFunc[] {
  const { DOUBLE, INT } = CelScalar
  return [
    celFunc(name, [DOUBLE, INT], DOUBLE, (a, b) => operate(a, Number(b))),
    celFunc(name, [INT, DOUBLE], DOUBLE, (a, b) => operate(Number(a), b)),
  ]
}

/** Whether a function or method of this name exists. */
export function isFunction(name: string): boolean {
  return INTERNAL.test(name) || MACROS.has(name) || celEnvironment.funcs.find(name) !== undefined
}

/** Operators and what macros expand to. */
const INTERNAL = /^(?:@|[^a-zA-Z]*_|-_|!_|_\[)/

const MACROS: ReadonlySet<string> = new Set(['has', 'all', 'exists', 'exists_one', 'map', 'filter'])

/** The functions a person would write, to suggest from. */
export const FUNCTION_NAMES: readonly string[] = [
  'component',
  'has',
  'all',
  'exists',
  'exists_one',
  'map',
  'filter',
  'size',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'int',
  'uint',
  'double',
  'string',
  'bool',
  'bytes',
  'type',
  'dyn',
  'duration',
  'timestamp',
  'getFullYear',
  'getMonth',
  'getDayOfMonth',
  'getHours',
  'getMinutes',
  'getSeconds',
  'getMilliseconds',
  'charAt',
  'indexOf',
  'lastIndexOf',
  'lowerAscii',
  'upperAscii',
  'replace',
  'split',
  'substring',
  'trim',
  'join',
  'format',
  'quote',
]
