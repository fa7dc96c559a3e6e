/** Faults: the world, or what was handed in, let us down. Answers are values; bugs are assertions. */
import { FAULT_CODES, type FaultCodeName } from './codes.ts'

/** What a fault says about itself. */
export interface FaultDetails {
  readonly code: FaultCodeName
  /** What was being done, as a verb phrase: `append entries`. */
  readonly operation: string
  /** What it was being done to: a path, a URL without its password, a stream, a stage. */
  readonly subject: string
  /** One or two sentences for the person reading: what was found, what to do. */
  readonly hint: string
  readonly cause?: unknown
}

/** The one class of errors that callers may catch and show. */
export class Fault extends Error {
  readonly code: FaultCodeName
  readonly operation: string
  readonly subject: string
  readonly hint: string
  readonly retryable: boolean

  constructor(details: FaultDetails) {
    super(
      `${details.operation} (${details.subject}): ${details.hint}`,
      details.cause === undefined ? {} : { cause: details.cause },
    )
    this.name = 'Fault'
    this.code = details.code
    this.operation = details.operation
    this.subject = details.subject
    this.hint = details.hint
    this.retryable = FAULT_CODES[details.code].retryable
  }
}

/** Whether a thrown value is a fault that may pass by itself, so that it makes sense to try again. */
export function isPassing(thrown: unknown): boolean {
  return thrown instanceof Fault && thrown.retryable
}

/** Whether a thrown value is a fault, optionally of one code. */
export function isFault(thrown: unknown, code?: FaultCodeName): thrown is Fault {
  return thrown instanceof Fault && (code === undefined || thrown.code === code)
}
