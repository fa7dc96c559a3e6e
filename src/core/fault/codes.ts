/**
 * The one table of fault codes. `rampart explain CODE`, docs/errors.md, exit codes and HTTP status
 * all come from it. Codes are kebab-case, named `<subject>-<what happened>`, and never renamed.
 */

/** The name of a fault. */
export type FaultCodeName =
  | 'json-not-canonical'
  | 'unit-malformed'
  | 'goal-unknown'
  | 'target-unknown'
  | 'target-missing'
  | 'target-mismatch'
  | 'plan-cyclic'
  | 'plan-unreachable'
  | 'ledger-conflict'
  | 'ledger-fenced'
  | 'ledger-corrupt'
  | 'ledger-unavailable'
  | 'ledger-newer'
  | 'record-conflict'
  | 'store-unavailable'
  | 'store-occupied'
  | 'store-busy'
  | 'backup-unusable'
  | 'master-key-unusable'
  | 'ramp-unknown'
  | 'ramp-busy'
  | 'word-refused'
  | 'engine-closed'
  | 'part-unknown'
  | 'request-malformed'
  | 'route-unknown'
  | 'method-unknown'
  | 'body-too-large'
  | 'media-unknown'
  | 'key-reused'
  | 'server-exposed'
  | 'address-unusable'
  | 'access-malformed'
  | 'contexts-unusable'
  | 'context-unknown'
  | 'server-malformed'
  | 'token-exposed'
  | 'secret-missing'
  | 'request-under-way'
  | 'entry-unknown'
  | 'entry-unsigned'
  | 'contract-invalid'
  | 'setting-missing'
  | 'ramp-ambiguous'
  | 'component-unknown'
  | 'daemon-absent'
  | 'daemon-unready'
  | 'daemon-lost'
  | 'daemon-version'
  | 'daemon-failed'
  | 'workspace-unusable'
  | 'settings-unreadable'
  | 'contract-absent'
  | 'contract-unreadable'
  | 'contract-ambiguous'
  | 'code-unknown'
  | 'contract-exists'
  | 'precondition-failed'
  | 'contract-unknown'
  | 'directory-missing'
  | 'contract-unwritable'
  | 'forecast-baseless'
  | 'forecast-malformed'
  | 'history-absent'
  | 'picture-unwritable'
  | 'trace-unwritable'
  | 'trace-unsent'
  | 'notice-undelivered'
  | 'webhook-unknown'
  | 'webhook-unreachable'
  | 'delivery-unknown'
  | 'agent-displaced'
  | 'agent-unknown'
  | 'agent-session-over'
  | 'unauthenticated'
  | 'forbidden'
  | 'too-many-requests'
  | 'token-unknown'
  | 'token-exists'
  | 'person-unknown'
  | 'sign-in-refused'
  | 'sign-in-unavailable'
  | 'limit-reached'

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
  'goal-unknown': {
    meaning: 'The contract cannot be ramped to that goal.',
    remedy: 'Use one of the goals that the message names.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'target-unknown': {
    meaning: 'The contract has no target of that name.',
    remedy: 'Name one of the targets that the message lists, by --target or RAMPART_TARGET.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'target-missing': {
    meaning: 'The contract has targets, and which one is meant was not said.',
    remedy: 'Name one of them by --target or RAMPART_TARGET; none is taken by itself.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'target-mismatch': {
    meaning: 'The environment is up for another target.',
    remedy: 'Take it down first with rampart down, which needs no target.',
    httpStatus: 409,
    exitCode: 3,
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
  'record-conflict': {
    meaning: 'Somebody else has changed the same record meanwhile.',
    remedy: 'Read it again, and decide anew whether to change it.',
    httpStatus: 409,
    exitCode: 1,
    retryable: false,
  },
  'store-unavailable': {
    meaning: 'What the server keeps beside the ledger cannot be read or written.',
    remedy: 'Read the hint: it names the file or the database; then try again.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
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
  'request-malformed': {
    meaning: 'What was sent to the daemon does not have the expected shape.',
    remedy:
      'Correct the members that the message names; another version of Rampart may have sent it.',
    httpStatus: 400,
    exitCode: 2,
    retryable: false,
  },
  'route-unknown': {
    meaning: 'The daemon has no such address.',
    remedy: 'Make the versions equal: `rampart daemon restart`.',
    httpStatus: 404,
    exitCode: 1,
    retryable: false,
  },
  'method-unknown': {
    meaning: 'The address is there, but not for that method.',
    remedy: 'Use one of the methods that the header `allow` of the answer names.',
    httpStatus: 405,
    exitCode: 2,
    retryable: false,
  },
  'body-too-large': {
    meaning: 'What was sent is larger than the server reads.',
    remedy: 'Send at most 4 MiB at a time.',
    httpStatus: 413,
    exitCode: 2,
    retryable: false,
  },
  'media-unknown': {
    meaning: 'What was sent is of a media type that the server does not read.',
    remedy: 'Send JSON, and say so: `content-type: application/json`.',
    httpStatus: 415,
    exitCode: 2,
    retryable: false,
  },
  'key-reused': {
    meaning: 'The Idempotency-Key was used for another request within the last 24 hours.',
    remedy: 'Choose a new key for every new request; only a repetition has the same one.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'server-exposed': {
    meaning: 'A server that others can reach would be served without TLS.',
    remedy:
      'Give --tls-cert and --tls-key, or --behind-proxy when a proxy does that; or use 127.0.0.1.',
    httpStatus: 500,
    exitCode: 2,
    retryable: false,
  },
  'address-unusable': {
    meaning: 'The server cannot listen at that address.',
    remedy: 'Read the hint; choose another address by --listen, or end what listens there.',
    httpStatus: 500,
    exitCode: 1,
    retryable: false,
  },
  'access-malformed': {
    meaning: 'The file that says who may come in cannot be read.',
    remedy: 'Correct what the message names; docs/guides/access.md shows such a file.',
    httpStatus: 500,
    exitCode: 2,
    retryable: false,
  },
  'contexts-unusable': {
    meaning: 'The file that keeps contexts cannot be read or written.',
    remedy: 'Correct or remove the file that the message names; `rampart login` writes it anew.',
    httpStatus: 500,
    exitCode: 1,
    retryable: false,
  },
  'context-unknown': {
    meaning: 'There is no context of that name.',
    remedy: 'Run `rampart context list` to see those there are.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'server-malformed': {
    meaning: 'That is no server one could speak to.',
    remedy: 'Write its URL, like https://rampart.example.org, without a path.',
    httpStatus: 400,
    exitCode: 2,
    retryable: false,
  },
  'token-exposed': {
    meaning: 'A token would be sent where everybody between could read it.',
    remedy: 'Use a URL that begins with https, or a server on this machine.',
    httpStatus: 400,
    exitCode: 2,
    retryable: false,
  },
  'secret-missing': {
    meaning: 'A secret was to be read, and there was none.',
    remedy: 'Pipe it in: `rampart login --server URL --token < FILE`.',
    httpStatus: 400,
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
  'request-under-way': {
    meaning: 'The same request, with the same Idempotency-Key, is being carried out.',
    remedy: 'Ask again with the same key in a moment, for its answer.',
    httpStatus: 409,
    exitCode: 1,
    retryable: true,
  },
  'contract-invalid': {
    meaning: 'A contract does not hold together, so nothing was started.',
    remedy: 'Run `rampart check` to see every mistake with its place.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'setting-missing': {
    meaning: 'A contract names a setting that has no value.',
    remedy: 'Set the variables that the message names, and try again.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'ramp-ambiguous': {
    meaning: 'More than one ramp begins with that name.',
    remedy: 'Write more letters of it; `rampart status` shows them whole.',
    httpStatus: 409,
    exitCode: 2,
    retryable: false,
  },
  'component-unknown': {
    meaning: 'No component of that name was ever started here.',
    remedy: 'Run `rampart status` to see the components there are.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'daemon-absent': {
    meaning: 'No daemon is running for this workspace.',
    remedy: 'Run `rampart up`, which starts one; what is running is taken over.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'daemon-unready': {
    meaning: 'The daemon did not become ready in time.',
    remedy: 'Read .rampart/daemon.log, and try again.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'daemon-lost': {
    meaning: 'The connection to the daemon broke.',
    remedy: 'Try again; `rampart daemon status` says whether it is back.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'daemon-version': {
    meaning: 'The daemon is of another version of Rampart.',
    remedy: 'Run `rampart daemon restart`; what is running keeps running.',
    httpStatus: 409,
    exitCode: 1,
    retryable: false,
  },
  'daemon-failed': {
    meaning: 'The daemon failed by a bug of its own.',
    remedy: 'Report it together with the end of .rampart/daemon.log.',
    httpStatus: 500,
    exitCode: 1,
    retryable: false,
  },
  'workspace-unusable': {
    meaning: 'The .rampart folder cannot be used.',
    remedy: 'Make the folder writable for you and for nobody else.',
    httpStatus: 500,
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
  'contract-absent': {
    meaning: 'There is no contract where one was looked for.',
    remedy: 'Write one with `rampart init`, or say where it is: `rampart check PATH`.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'contract-unreadable': {
    meaning: "A contract's file could not be read, or its program failed.",
    remedy: 'Read the cause in the message, correct the file, and run `rampart check`.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'contract-ambiguous': {
    meaning: 'Several contracts match, and one was needed.',
    remedy: 'Say which one with `--name NAME`.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'code-unknown': {
    meaning: 'There is no fault code, ramp or stage of that name.',
    remedy: 'Run `rampart explain` to list the codes, or `rampart status` to list the ramps.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'directory-missing': {
    meaning: 'The contract runs or reads files beside it, and where they are was not said.',
    remedy:
      'Say the absolute path of its folder on the machine that runs it, by `directory` or --directory.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'contract-unknown': {
    meaning: 'The server holds no such contract, or no such revision of it.',
    remedy: 'List what it holds with rampart contracts list, or hold it with rampart apply.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'precondition-failed': {
    meaning: 'It was changed by somebody else since it was looked at.',
    remedy: 'Look at it again, and decide anew.',
    httpStatus: 412,
    exitCode: 3,
    retryable: false,
  },
  'contract-exists': {
    meaning: 'There is a contract already where one was to be written.',
    remedy: 'Edit it, and run `rampart check`.',
    httpStatus: 409,
    exitCode: 2,
    retryable: false,
  },
  'contract-unwritable': {
    meaning: 'A contract could not be written.',
    remedy: 'Check the folder and its permissions, and run `rampart init` again.',
    httpStatus: 500,
    exitCode: 1,
    retryable: true,
  },
  'forecast-baseless': {
    meaning: 'Stages have neither a recorded time nor an estimate, so nothing can be foretold.',
    remedy: 'Give `--estimate STAGE=DURATION` for each that the message names, or ramp once.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'forecast-malformed': {
    meaning: 'A what-if or an estimate cannot be read, or names what the plan does not have.',
    remedy: 'Write `--what "db 2x"`, `--what "db 500ms"`, `--without "a->b"`, `--estimate db=2s`.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'history-absent': {
    meaning:
      'No earlier ramp brought everything up by itself, so there is nothing to look back on.',
    remedy: 'Ramp it: `rampart down`, then `rampart up`; `rampart simulate` can do with estimates.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
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
  'webhook-unknown': {
    meaning: 'There is no such webhook.',
    remedy: 'List them with rampart webhooks list.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'webhook-unreachable': {
    meaning: 'The address of a webhook is not one that messages may be sent to.',
    remedy: 'Use a public address, or start the server with --webhooks-may-reach and its network.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'delivery-unknown': {
    meaning: 'There is no such delivery, or it was forgotten.',
    remedy: 'List them with rampart webhooks deliveries.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'notice-undelivered': {
    meaning: 'Somebody who is to be told of a breach could not be told.',
    remedy: 'Check the URL of watch.notify; the breach itself is in the ledger.',
    httpStatus: 502,
    exitCode: 1,
    retryable: true,
  },
  unauthenticated: {
    meaning: 'Nobody is known by what was sent, or it has expired or was revoked.',
    remedy: 'Sign in: `rampart login --server URL`; a machine needs a token of its own.',
    httpStatus: 401,
    exitCode: 1,
    retryable: false,
  },
  forbidden: {
    meaning: 'Whoever asked may not do that.',
    remedy: 'Ask somebody who may, or an admin for a role that holds there.',
    httpStatus: 403,
    exitCode: 3,
    retryable: false,
  },
  'too-many-requests': {
    meaning: 'Too many attempts came from one address.',
    remedy: 'Wait for as long as the message says, and try again with a token that holds.',
    httpStatus: 429,
    exitCode: 1,
    retryable: true,
  },
  'token-unknown': {
    meaning: 'There is no token of that id.',
    remedy: 'Run `rampart token list` to see the tokens there are.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'token-exists': {
    meaning: 'A token of that name is in use.',
    remedy: 'Revoke it first with `rampart token revoke`, or choose another name.',
    httpStatus: 409,
    exitCode: 2,
    retryable: false,
  },
  'person-unknown': {
    meaning: 'Nobody of that name has signed in or was granted anything.',
    remedy: 'Check the name; it is written as the ledger has it, like oidc:anna@example.org.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'sign-in-refused': {
    meaning: 'Signing in did not work out.',
    remedy: 'Begin again; if it happens twice, the message tells an admin what to look at.',
    httpStatus: 403,
    exitCode: 1,
    retryable: false,
  },
  'sign-in-unavailable': {
    meaning: 'People cannot sign in here, or the provider of identities does not answer.',
    remedy: 'Configure `oidc` in the file given by --access, or use a token.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'limit-reached': {
    meaning: 'There are as many of these as there may be.',
    remedy: 'Remove what is not needed any more, and try again.',
    httpStatus: 409,
    exitCode: 3,
    retryable: false,
  },
  'picture-unwritable': {
    meaning: 'A picture could not be written.',
    remedy: 'Check the path and its permissions, and try again.',
    httpStatus: 500,
    exitCode: 1,
    retryable: true,
  },
  'agent-unknown': {
    meaning: 'No agent works for that region.',
    remedy: 'Run `rampart agents` to see the regions that have one.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'agent-session-over': {
    meaning: 'What an agent reports belongs to a connection that is over.',
    remedy: 'Nothing: the agent connects anew, and is given again what it was doing.',
    httpStatus: 409,
    exitCode: 1,
    retryable: false,
  },
  'agent-displaced': {
    meaning: 'Another agent works for the region already.',
    remedy: 'Stop that one, or say with --replace that it is gone for good.',
    httpStatus: 409,
    exitCode: 3,
    retryable: false,
  },
}
