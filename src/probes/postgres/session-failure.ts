/** Why a session with PostgreSQL ended, as a code that can be judged. */
import type { PostgresFailure } from './facts.ts'

/** What was thrown, as a failure. */
export function sessionFailure(thrown: unknown, signal: AbortSignal): PostgresFailure {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (signal.aborted) return { code: 'ABORTED', message }
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') {
    return { code: thrown.code, message }
  }
  // The driver has no codes for these.
  if (/password must be/.test(message)) return { code: 'NO_PASSWORD', message }
  if (/does not support SSL/.test(message)) return { code: 'EPROTO', message }
  if (/received (?:invalid|unexpected)/i.test(message)) return { code: 'NOT_POSTGRES', message }
  if (/terminated/i.test(message)) return { code: 'ECONNRESET', message }
  return { code: 'UNKNOWN', message }
}
