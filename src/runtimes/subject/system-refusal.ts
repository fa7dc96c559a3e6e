/** What the system says when it refuses, as the answer to an order. */
import { failed } from '../../core/entry/command-answers.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import { isFault } from '../../core/fault/fault.ts'

/** Errors of the system that may be gone the next time. */
const PASSING = new Set([
  'EAGAIN',
  'EBUSY',
  'EDQUOT',
  'EINTR',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'ENOSPC',
])

/**
 * The system refused, or what holds ports did; undefined when the thrown value is neither's but our
 * own mistake.
 */
export function failedBySystem(subject: string, thrown: unknown): CommandAnswer | undefined {
  if (isFault(thrown, 'ports-unavailable')) {
    const sentence = `${subject}: ${thrown.hint}`
    return failed({ reason: 'ports-unavailable', sentence, retryable: true })
  }
  const error = thrown as NodeJS.ErrnoException
  if (!(error instanceof Error) || typeof error.code !== 'string' || error.syscall === undefined) {
    return undefined
  }
  const where = error.path === undefined ? '' : ` at ${error.path}`
  return failed({
    reason: 'system-refused',
    sentence: `${subject}: the system refused ${error.syscall}${where} with ${error.code}.`,
    outputs: { code: error.code, syscall: error.syscall },
    retryable: PASSING.has(error.code),
  })
}
