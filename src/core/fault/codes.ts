/**
 * The one table of fault codes. `rampart explain CODE`, docs/errors.md, exit codes and HTTP status
 * all come from it. Codes are kebab-case, named `<subject>-<what happened>`, and never renamed.
 */

/** The name of a fault. */
export type FaultCodeName =
  | 'json-not-canonical'
  | 'unit-malformed'
  | 'plan-cyclic'
  | 'plan-unreachable'
  | 'ledger-conflict'
  | 'ledger-fenced'
  | 'ledger-corrupt'
  | 'ledger-unavailable'
  | 'ledger-newer'
  | 'ramp-unknown'
  | 'ramp-busy'
  | 'word-refused'
  | 'engine-closed'
  | 'part-unknown'

/** What one fault code means wherever it surfaces. */
export interface FaultCode {
  /** One sentence: what happened. */
  readonly meaning: string
  /** One sentence: what a person does next. */
  readonly remedy: string
  /** The status over HTTP (RFC 9110). */
  readonly httpStatus: number
  /** The exit code of the command line: 1 fault, 2 usage, 3 the gate says no. */
  readonly exitCode: 1 | 2 | 3
  /** Whether the same request may succeed when repeated unchanged. */
  readonly retryable: boolean
}

/** Every fault code with its meaning, in the order of the documentation. */
export const FAULT_CODES: Readonly<Record<FaultCodeName, FaultCode>> = {
  'json-not-canonical': {
    meaning: 'A value has no canonical JSON form, so it cannot be digested.',
    remedy: 'Write integers beyond 2^53 and other exact values as strings.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'unit-malformed': {
    meaning: 'A duration, share or count is not written in the expected form.',
    remedy: 'Write durations like 250ms, 10s, 5m, 1h30m and shares like 25% or 2500bp.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'plan-cyclic': {
    meaning: 'Stages wait for each other in a circle, so none of them could ever be entered.',
    remedy: 'Remove one of the edges that the message names.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'plan-unreachable': {
    meaning: 'A stage waits for something that can never happen.',
    remedy: 'Correct the edge that the message names.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'ledger-conflict': {
    meaning: 'Somebody else appended to the stream first.',
    remedy: 'Read the stream again and decide anew.',
    httpStatus: 409,
    exitCode: 1,
    retryable: true,
  },
  'ledger-fenced': {
    meaning: 'The writer has lost its ownership of the ramp to a newer owner.',
    remedy: 'Nothing: the newer owner carries on.',
    httpStatus: 409,
    exitCode: 1,
    retryable: false,
  },
  'ledger-corrupt': {
    meaning: 'The ledger does not verify: an entry was altered, removed or reordered.',
    remedy: 'Run `rampart ledger verify` to see the first bad entry, and restore a backup.',
    httpStatus: 500,
    exitCode: 1,
    retryable: false,
  },
  'ledger-unavailable': {
    meaning: 'The ledger could not be read or written.',
    remedy: 'Check the disk and the permissions of the .rampart folder.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'ledger-newer': {
    meaning: 'The ledger was written by a newer version of Rampart.',
    remedy: 'Use that version or a later one.',
    httpStatus: 500,
    exitCode: 1,
    retryable: false,
  },
  'ramp-unknown': {
    meaning: 'There is no ramp of that name.',
    remedy: 'Run `rampart status` to see the ramps there are.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'ramp-busy': {
    meaning: 'Another ramp of the same contract is under way.',
    remedy: 'Wait for it with `rampart status --watch`, or end it with `rampart abort`.',
    httpStatus: 409,
    exitCode: 1,
    retryable: true,
  },
  'word-refused': {
    meaning: 'What was said to the ramp has no effect on it as it stands.',
    remedy: 'Read the reason; `rampart explain RAMP` says where the ramp stands.',
    httpStatus: 409,
    exitCode: 1,
    retryable: false,
  },
  'engine-closed': {
    meaning: 'The engine is shutting down.',
    remedy: 'Try again once the daemon is back: `rampart daemon status`.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'part-unknown': {
    meaning: 'A plan names a probe or an actuator that this build does not have.',
    remedy: 'Upgrade Rampart, or correct the contract: `rampart check`.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
}
