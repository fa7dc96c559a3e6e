/** Codes of faults about what is kept, and where. */
import type { FaultCode } from './fault-code.ts'

export type StoreCodeName =
  | 'ledger-conflict'
  | 'ledger-fenced'
  | 'ledger-corrupt'
  | 'ledger-unavailable'
  | 'ledger-newer'
  | 'record-conflict'
  | 'store-unavailable'
  | 'store-unknown'
  | 'store-occupied'
  | 'store-busy'
  | 'backup-unusable'
  | 'master-key-unusable'
  | 'entry-unknown'
  | 'entry-unsigned'
  | 'settings-unreadable'
  | 'picture-unwritable'
  | 'trace-unwritable'
  | 'trace-unsent'

export const STORE_CODES: Readonly<Record<StoreCodeName, FaultCode>> = {
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
    remedy: 'Check what the message names: the disk and .rampart folder, or the database.',
    remoteRemedy: 'Tell whoever runs the server, and try again.',
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
  'record-conflict': {
    meaning: 'Somebody else has changed the same record meanwhile.',
    remedy: 'Read it again, and decide anew whether to change it.',
    httpStatus: 409,
    exitCode: 1,
    retryable: false,
  },
  'store-unavailable': {
    meaning: 'What the server keeps beside the ledger cannot be read or written.',
    remedy:
      'Check what the message names: the disk and .rampart folder, or the database; then try again.',
    remoteRemedy: 'Tell whoever runs the server, and try again.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'store-unknown': {
    meaning: 'What was named is no place where Rampart keeps anything.',
    remedy: 'Name a folder that was served, or a database: postgres://user@host/database.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'store-occupied': {
    meaning: 'There is something already where data was to be written.',
    remedy: 'Name an empty place; nothing is ever overwritten.',
    httpStatus: 409,
    exitCode: 2,
    retryable: false,
  },
  'store-busy': {
    meaning: 'The data that was to be moved is still being written by somebody.',
    remedy: 'Stop who uses it, for example with `rampart daemon stop`, and try again.',
    httpStatus: 409,
    exitCode: 1,
    retryable: true,
  },
  'backup-unusable': {
    meaning: 'A file is no backup, or is torn, or is sealed with another master key.',
    remedy: 'Read the hint; take another backup, or give its master key with `--key-file`.',
    httpStatus: 422,
    exitCode: 1,
    retryable: false,
  },
  'master-key-unusable': {
    meaning: "The server's master key is missing or is no key.",
    remedy: 'Give every replica the same: `openssl rand -hex 32 > FILE`, then `--key-file FILE`.',
    httpStatus: 500,
    exitCode: 2,
    retryable: false,
  },
  'entry-unknown': {
    meaning: 'The ledger has no entry at that position.',
    remedy: 'Run `rampart ledger show` to see the positions there are.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'entry-unsigned': {
    meaning: 'No signed checkpoint covers the entry, so nothing can be proved by a signature.',
    remedy: 'Use a ledger that signs: one in a file or in PostgreSQL.',
    httpStatus: 409,
    exitCode: 1,
    retryable: false,
  },
  'settings-unreadable': {
    meaning: 'The kept settings of a ramp could not be read or written.',
    remedy: 'Check the disk and the permissions of .rampart/settings.',
    httpStatus: 500,
    exitCode: 1,
    retryable: true,
  },
  'picture-unwritable': {
    meaning: 'A picture could not be written.',
    remedy: 'Check the path and its permissions, and try again.',
    httpStatus: 500,
    exitCode: 1,
    retryable: true,
  },
  'trace-unwritable': {
    meaning: 'The trace of a ramp could not be written.',
    remedy:
      'Check the path after --trace and its permissions; `rampart why --trace FILE` tries again.',
    httpStatus: 500,
    exitCode: 1,
    retryable: true,
  },
  'trace-unsent': {
    meaning: 'The trace of a ramp could not be sent.',
    remedy: 'Check OTEL_EXPORTER_OTLP_ENDPOINT, and that a collector takes OTLP over HTTP there.',
    httpStatus: 502,
    exitCode: 1,
    retryable: true,
  },
}
