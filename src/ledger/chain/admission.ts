/**
 * What every adapter does with an append before it touches its store: the stream's name is checked and
 * the entries are printed, so that a value that cannot be recorded exactly is refused before anything is.
 */
import { assert } from '../../core/fault/assert.ts'
import { Fault } from '../../core/fault/fault.ts'
import { printCanonicalJson } from '../../core/units/json.ts'
import type { Append } from '../../seams/ledger.ts'

/** An append whose entries are printed. */
export interface PreparedAppend {
  readonly append: Append
  /** Canonical JSON, one an entry. */
  readonly texts: readonly string[]
}

/**
 * Prints the entries of an append.
 *
 * @throws json-not-canonical when an entry holds something JSON cannot carry exactly.
 */
export function prepareAppend(append: Append): PreparedAppend {
  assert(isStreamName(append.stream), 'A stream has a name of printable characters.')
  assert(
    Number.isSafeInteger(append.after) && append.after >= 0,
    'An append names the last sequence its writer has seen.',
  )
  return { append, texts: append.entries.map((entry) => printCanonicalJson(entry)) }
}

/** The fault of a writer whose `after` is not the stream's last sequence. */
export function conflictFault(append: Append, lastSequence: number): Fault {
  return new Fault({
    code: 'ledger-conflict',
    operation: 'append entries',
    subject: append.stream,
    hint: `The writer has seen ${append.after} entries, but the stream holds ${lastSequence}.`,
  })
}

/** The fault of a writer that does not own its subject any more. */
export function fencedFault({ stream, lease }: Append): Fault {
  return new Fault({
    code: 'ledger-fenced',
    operation: 'append entries',
    subject: stream,
    hint: `The lease ${lease?.token} of ${lease?.subject} is not the latest one: another replica owns it.`,
  })
}

/** The fault of every call after `close`. */
export function closedFault(operation: string): Fault {
  return new Fault({
    code: 'ledger-unavailable',
    operation,
    subject: 'the ledger',
    hint: 'The ledger is closed.',
  })
}

function isStreamName(stream: string): boolean {
  return stream.isWellFormed() && /^\P{Cc}+$/u.test(stream)
}
