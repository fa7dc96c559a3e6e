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
  return print(value, '$')
}

function print(value: unknown, path: string): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return printString(value, path)
  if (typeof value === 'number') return printNumber(value, path)
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => print(item, `${path}[${index}]`)).join(',')}]`
  }
  if (typeof value === 'object' && isPlainObject(value)) {
    const members: string[] = []
    for (const key of Object.keys(value).sort()) {
      const member = value[key]
      if (member !== undefined) {
        members.push(`${printString(key, path)}:${print(member, `${path}.${key}`)}`)
      }
    }
    return `{${members.join(',')}}`
  }
  throw refuse(path, typeof value === 'bigint' ? `the big integer ${value}` : `a ${typeof value}`)
}

function printNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) throw refuse(path, String(value))
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw refuse(path, `${value}, an integer beyond 2^53`)
  }
  return JSON.stringify(value)
}

function printString(value: string, path: string): string {
  if (!value.isWellFormed()) throw refuse(path, 'a string with a lone surrogate')
  return JSON.stringify(value)
}

function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function refuse(path: string, found: string): Fault {
  return new Fault({
    code: 'json-not-canonical',
    operation: 'print canonical JSON',
    subject: path,
    hint: `${path} holds ${found}; write it as a string.`,
  })
}
