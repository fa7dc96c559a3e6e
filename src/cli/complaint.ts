/** Complaints: how a refusal looks on the terminal, always with the next command to type. */
import { FAULT_CODES } from '../core/fault/codes.ts'
import { Fault } from '../core/fault/fault.ts'
import type { CliParts } from './cli-parts.ts'
import { EXIT } from './exit-code.ts'

/** Prints what went wrong and gives the exit code for it. Bugs of our own are not caught here. */
export function complain(parts: CliParts, error: unknown, asJson: boolean): number {
  if (!(error instanceof Fault)) throw error
  const { meaning, exitCode, ...told } = FAULT_CODES[error.code]
  const remedy = (parts.server === undefined ? undefined : told.remoteRemedy) ?? told.remedy
  if (asJson) {
    const { code, operation, subject, hint, retryable } = error
    const problem = { error: { code, operation, subject, hint, retryable, meaning, remedy } }
    parts.stdout.write(`${JSON.stringify(problem)}\n`)
  } else {
    parts.stderr.write(`rampart: ${error.hint}\n  ${remedy}\n`)
    parts.stderr.write(`  More: rampart explain ${error.code}\n`)
  }
  return exitCode
}

/** Says that a command was used wrongly, and how to use it. */
export function misuse(parts: CliParts, sentence: string, next: string): number {
  parts.stderr.write(`rampart: ${sentence}\n  ${next}\n`)
  return EXIT.usage
}
