/** Codes of faults about what contracts and plans say. */
import type { FaultCode } from './fault-code.ts'

export type PlanCodeName =
  | 'json-not-canonical'
  | 'unit-malformed'
  | 'goal-unknown'
  | 'target-unknown'
  | 'target-missing'
  | 'target-mismatch'
  | 'plan-cyclic'
  | 'plan-unreachable'
  | 'part-unknown'
  | 'contract-invalid'
  | 'setting-missing'
  | 'contract-absent'
  | 'contract-unreadable'
  | 'contract-ambiguous'
  | 'contract-exists'
  | 'contract-unwritable'
  | 'contract-unknown'
  | 'proposal-unknown'
  | 'owner-unasked'
  | 'directory-missing'
  | 'forecast-baseless'
  | 'forecast-malformed'
  | 'history-absent'
  | 'code-unknown'

export const PLAN_CODES: Readonly<Record<PlanCodeName, FaultCode>> = {
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
  'part-unknown': {
    meaning: 'A plan names a probe or an actuator that this build does not have.',
    remedy: 'Upgrade Rampart, or correct the contract: `rampart check`.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
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
  'contract-unknown': {
    meaning: 'The server holds no such contract, or no such revision of it.',
    remedy: 'List what it holds with rampart contracts list, or hold it with rampart apply.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'proposal-unknown': {
    meaning: 'No such amendment of the contract was ever proposed.',
    remedy: 'See what waits for owners with `rampart contracts proposals`.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'owner-unasked': {
    meaning: 'What was sent is no revision that the server holds, and touches what others own.',
    remedy: 'Propose it with `rampart apply`; once its owners have said yes, it may be run.',
    httpStatus: 409,
    exitCode: 3,
    retryable: false,
  },
  'directory-missing': {
    meaning: 'The contract runs or reads files beside it, and where they are was not said.',
    remedy:
      'Say to POST /v1/ramps, as `directory`, the absolute path of its folder where it is to run.',
    remoteRemedy:
      'Run `rampart up` on the machine that has its folder; from elsewhere starts what needs no file.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
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
  'code-unknown': {
    meaning: 'There is no fault code, ramp or stage of that name.',
    remedy: 'Run `rampart explain` to list the codes, or `rampart status` to list the ramps.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
}
