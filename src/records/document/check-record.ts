/** What every adapter does with a document before it touches its store: names checked, value printed. */
import { assert } from '../../core/fault/assert.ts'
import { Fault } from '../../core/fault/fault.ts'
import { printCanonicalJson } from '../../core/units/json.ts'
import type { RecordPut, RecordQuery } from '../../seams/records.ts'

/** The most documents that one list holds. */
const LIMIT_MAX = 5000
/** The longest key. */
const KEY_LENGTH_MAX = 500

/** Asserts that a document may have this name. */
export function checkName(collection: string, key: string): void {
  assert(/^[a-z][a-z0-9-]*$/.test(collection), 'A collection has a name in kebab-case.')
  assert(
    key.length > 0 && key.length <= KEY_LENGTH_MAX && key.isWellFormed() && !/\p{Cc}/u.test(key),
    'A key consists of 1 to 500 printable characters.',
  )
}

/**
 * The text of a document that is to be kept.
 *
 * @throws json-not-canonical when its value holds something JSON cannot carry exactly.
 */
export function printRecord({ collection, key, value, ifVersion }: RecordPut): string {
  checkName(collection, key)
  assert(
    ifVersion === undefined || (Number.isSafeInteger(ifVersion) && ifVersion >= 0),
    'A version is a count.',
  )
  return printCanonicalJson(value)
}

/** A query with its defaults. */
export function completeQuery({
  prefix = '',
  after = '',
  limit = 1000,
}: RecordQuery = {}): Readonly<Required<RecordQuery>> {
  assert(limit >= 1 && limit <= LIMIT_MAX, `A list holds 1 to ${LIMIT_MAX} documents.`)
  return { prefix, after, limit }
}

/** The fault of a change that is based on another version than there is. */
export function recordConflict(options: {
  readonly collection: string
  readonly key: string
  readonly expected: number
  /** 0 when there is none. */
  readonly found: number
}): Fault {
  const { collection, key, expected, found } = options
  const there = found === 0 ? 'there is none' : `it is version ${found}`
  return new Fault({
    code: 'record-conflict',
    operation: 'change a record',
    subject: `${collection}/${key}`,
    hint: `Version ${expected} was to be changed, but ${there}.`,
  })
}

/** The fault of every call after `close`. */
export function closedRecords(): Fault {
  return new Fault({
    code: 'store-unavailable',
    operation: 'use the records',
    subject: 'the records',
    hint: 'They are closed.',
  })
}
