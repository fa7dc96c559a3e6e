/** What PostgreSQL and its driver throw, as faults. What is not theirs stays what it is: a bug of ours. */
import { AssertionFailure } from '../core/fault/assert.ts'
import type { FaultCodeName } from '../core/fault/codes.ts'
import { Fault } from '../core/fault/fault.ts'

/** What was being done, and the code of a fault that keeps it from being done. */
export interface Deed {
  readonly code: Extract<FaultCodeName, 'ledger-unavailable' | 'store-unavailable'>
  /** A verb phrase. */
  readonly operation: string
}

/** The five characters of an error's class and kind, when the server sent one. */
function sqlStateOf(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'severity' in thrown && 'code' in thrown && thrown.code
  return typeof code === 'string' ? code : undefined
}

/** Whether the server has answered, so that a statement has certainly had no effect. */
export function isRefusal(thrown: unknown): boolean {
  const state = sqlStateOf(thrown)
  // The class of broken connections, and a server that ends in the midst of something.
  return state !== undefined && !/^(08|57P0)/.test(state)
}

/** Whether a name is unknown to the server: the schema is not the one this program knows. */
export function isForeignSchema(thrown: unknown): boolean {
  return /^(42P01|42703|42883|3F000)$/.test(sqlStateOf(thrown) ?? '')
}

/** The fault for what was thrown while we did something to the database `subject`. */
export function databaseFault(thrown: unknown, deed: Deed, subject: string): unknown {
  const isOurs =
    thrown instanceof Fault ||
    thrown instanceof AssertionFailure ||
    thrown instanceof TypeError ||
    !(thrown instanceof Error)
  if (isOurs) return thrown
  return new Fault({ ...deed, subject, hint: hintOf(thrown), cause: thrown })
}

function hintOf(thrown: Error): string {
  const state = sqlStateOf(thrown)
  if (state === '28P01' || state === '28000') {
    return 'PostgreSQL refused the user or the password; correct the URL of the database.'
  }
  if (state === '3D000') return 'There is no database of that name; make it with createdb.'
  if (state === '42501') return `The user may not do that (${thrown.message}); grant it.`
  if (state !== undefined) return `PostgreSQL answered: ${thrown.message} (${state}).`
  const reasons = thrown instanceof AggregateError ? thrown.errors : [thrown]
  const messages = reasons.map((reason) => (reason instanceof Error ? reason.message : ''))
  return `PostgreSQL could not be reached: ${messages.join(', ')}.`
}

/** The URL as it may be shown: without user, password and options. */
export function subjectOf(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null) return 'the database'
  return `postgres://${parsed.host}${parsed.pathname}`
}
