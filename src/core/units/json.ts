/**
 * Canonical JSON (RFC 8785): one byte sequence for one value, so that equal values have equal digests.
 * Numbers that JSON cannot carry exactly (NaN, infinities, integers beyond 2^53, bigints) are refused
 * with the path at which they stand, never rounded.
 */
import { Fault } from '../fault/fault.ts'

/** A value that JSON can carry. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json }

/**
 * Prints a value as canonical JSON: keys sorted by UTF-16 code units, no white space. Members whose
 * value is `undefined` are left out, as in `JSON.stringify`.
 *
 * @throws json-not-canonical when the value holds something JSON cannot carry exactly.
 * @source RFC 8785
 */
export function printCanonicalJson(value: unknown): string {
  return print(value) ?? refuse(value)
}

/** Every entry of the ledger passes here, so it keeps no path; who finds nothing printed looks for it. */
function print(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return printString(value)
    case 'number':
      return isExact(value) ? JSON.stringify(value) : undefined
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return printArray(value)
      return isPlainObject(value) ? printObject(value) : undefined
    default:
      return undefined
  }
}

function printArray(items: readonly unknown[]): string | undefined {
  let printed = '['
  for (let index = 0; index < items.length; index += 1) {
    const item = print(items[index])
    if (item === undefined) return undefined
    printed += index === 0 ? item : `,${item}`
  }
  return `${printed}]`
}

function printObject(object: Readonly<Record<string, unknown>>): string | undefined {
  let printed = '{'
  for (const key of sortedKeys(object)) {
    const value = object[key]
    if (value === undefined) continue
    const name = printString(key)
    const member = print(value)
    if (name === undefined || member === undefined) return undefined
    printed += printed.length === 1 ? `${name}:${member}` : `,${name}:${member}`
  }
  return `${printed}}`
}

/** Inserting into place beats the engine's sort for as few keys as objects usually have. */
function sortedKeys(object: Readonly<Record<string, unknown>>): readonly string[] {
  const keys = Object.keys(object)
  if (keys.length > 16) return keys.sort()
  for (let index = 1; index < keys.length; index += 1) {
    const key = keys[index] as string
    let place = index
    while (place > 0 && (keys[place - 1] as string) > key) {
      keys[place] = keys[place - 1] as string
      place -= 1
    }
    keys[place] = key
  }
  return keys
}

/** Quotation marks, backslashes, controls and surrogates: all that may not stand as they are. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes exactly these controls.
const NEEDS_CARE = /["\\\u0000-\u001f\ud800-\udfff]/

function printString(value: string): string | undefined {
  if (!NEEDS_CARE.test(value)) return `"${value}"`
  return value.isWellFormed() ? JSON.stringify(value) : undefined
}

function isExact(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)
}

function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function refuse(value: unknown): never {
  const { path, found } = findRefused(value, '$') ?? { path: '$', found: 'a changing value' }
  throw new Fault({
    code: 'json-not-canonical',
    operation: 'print canonical JSON',
    subject: path,
    hint: `${path} holds ${found}; write it as a string.`,
  })
}

interface Refused {
  readonly path: string
  readonly found: string
}

/** The first value that cannot be printed, in the order of printing. */
function findRefused(value: unknown, path: string): Refused | undefined {
  if (typeof value === 'string') {
    return value.isWellFormed() ? undefined : { path, found: 'a string with a lone surrogate' }
  }
  if (typeof value === 'number') {
    if (isExact(value)) return undefined
    const found = Number.isFinite(value) ? `${value}, an integer beyond 2^53` : String(value)
    return { path, found }
  }
  if (value === null || typeof value === 'boolean') return undefined
  if (Array.isArray(value)) return findRefusedItem(value, path)
  if (typeof value === 'object' && isPlainObject(value)) return findRefusedMember(value, path)
  return {
    path,
    found: typeof value === 'bigint' ? `the big integer ${value}` : `a ${typeof value}`,
  }
}

function findRefusedItem(items: readonly unknown[], path: string): Refused | undefined {
  for (let index = 0; index < items.length; index += 1) {
    const refused = findRefused(items[index], `${path}[${index}]`)
    if (refused !== undefined) return refused
  }
  return undefined
}

function findRefusedMember(
  object: Readonly<Record<string, unknown>>,
  path: string,
): Refused | undefined {
  for (const key of sortedKeys(object)) {
    if (object[key] === undefined) continue
    const refused = findRefused(key, path) ?? findRefused(object[key], `${path}.${key}`)
    if (refused !== undefined) return refused
  }
  return undefined
}
