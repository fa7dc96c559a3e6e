/**
 * Judges why a PostgreSQL server did not answer. Failures to connect and of TLS are judged by
 * src/probes/connection/connection-failure.ts.
 *
 * | SQLSTATE | reason | answer |
 * |---|---|---|
 * | 57P03 cannot connect now | starting | failed, notYet |
 * | 57P01, 57P02 being shut down | shutting-down | failed, notYet |
 * | 53300 too many connections | too-many-connections | failed, notYet |
 * | 28P01, 28000 wrong password, no right to sign in | wrong-credentials | failed, terminal |
 * | 3D000 no such database | missing-database | failed, terminal |
 * | 42P01, 3F000 no such table or schema | missing-table | failed, notYet |
 * | 42703, 42883 no such column or function | missing-column | failed, notYet |
 * | 42501 no right to read | permission-denied | failed, notYet |
 * | 42601, 42602 not SQL, not a name | malformed-query | errored, terminal |
 * | 25006 a query that writes | query-writes | errored, terminal |
 * | something that is not PostgreSQL | not-postgres | failed, notYet |
 * | anything else | query-failed | failed, notYet |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, terminal } from '../answer/answer.ts'
import { assessFailedAttempt } from '../connection/connection-failure.ts'
import { redactText } from '../redaction/redact.ts'
import type { PostgresFailure } from './facts.ts'

interface Meaning {
  readonly reason: string
  readonly kind?: 'terminal' | 'errored'
}

const WRONG_CREDENTIALS: Meaning = { reason: 'wrong-credentials', kind: 'terminal' }
const MALFORMED_QUERY: Meaning = { reason: 'malformed-query', kind: 'errored' }

const MEANINGS: Readonly<Record<string, Meaning>> = {
  '57P03': { reason: 'starting' },
  '57P01': { reason: 'shutting-down' },
  '57P02': { reason: 'shutting-down' },
  '53300': { reason: 'too-many-connections' },
  '28P01': WRONG_CREDENTIALS,
  '28000': WRONG_CREDENTIALS,
  '3D000': { reason: 'missing-database', kind: 'terminal' },
  '42P01': { reason: 'missing-table' },
  '3F000': { reason: 'missing-table' },
  '42703': { reason: 'missing-column' },
  '42883': { reason: 'missing-column' },
  '42501': { reason: 'permission-denied' },
  '42601': MALFORMED_QUERY,
  '42602': MALFORMED_QUERY,
  '25006': { reason: 'query-writes', kind: 'errored' },
  NOT_POSTGRES: { reason: 'not-postgres' },
  NO_PASSWORD: WRONG_CREDENTIALS,
}

/** What is known of the attempt. */
export interface FailedSession {
  readonly subject: string
  readonly latency: string
  readonly evidence: JsonObject
}

/** Judges a failure. */
export function assessPostgresFailure(failure: PostgresFailure, session: FailedSession): Answer {
  const { code, message } = failure
  const { subject, latency } = session
  const evidence = { ...session.evidence, code }
  const unconnected = assessFailedAttempt({ code, subject, latency, evidence })
  if (unconnected !== undefined) return unconnected
  const meaning = MEANINGS[code] ?? { reason: 'query-failed' }
  const findings = {
    reason: meaning.reason,
    sentence: `${subject} says after ${latency}: ${redactText(message).slice(0, 300)} (${code}).`,
    evidence,
  }
  if (meaning.kind === 'terminal') return terminal(findings)
  if (meaning.kind === 'errored') return errored('terminal', findings)
  return notYet(findings)
}
