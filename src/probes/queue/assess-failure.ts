/**
 * Judges a session with a job queue that ended early. Failures to connect and of TLS are judged by
 * src/probes/connection/connection-failure.ts.
 *
 * | the server says | reason | answer |
 * |---|---|---|
 * | 57P03 cannot connect now, LOADING | starting | failed, notYet |
 * | 57P01, 57P02 being shut down | shutting-down | failed, notYet |
 * | 53300, no more clients | too-many-connections | failed, notYet |
 * | 28P01, 28000, NOAUTH, WRONGPASS, a password where none is set | wrong-credentials | failed, terminal |
 * | 3D000, a database that Redis's settings do not have | missing-database | failed, terminal |
 * | 42P01, 3F000, 42703, 42883 no such table, schema, column, function | not-installed | failed, notYet |
 * | 42501 or NOPERM: no right to | permission-denied | failed, notYet |
 * | 25006, READONLY: a replica | read-only | failed, notYet |
 * | OOM: Redis is full | out-of-memory | failed, notYet |
 * | something that is neither PostgreSQL nor Redis | not-spoken | failed, notYet |
 * | more than 8 MiB | too-much | failed, notYet |
 * | anything else | refused-command | failed, notYet |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, terminal } from '../answer/answer.ts'
import { assessFailedAttempt } from '../connection/connection-failure.ts'
import { redactText } from '../redaction/redact.ts'
import type { QueueFailure } from './facts.ts'

interface Meaning {
  /** Of code and message, with a space in between. */
  readonly pattern: RegExp
  readonly reason: string
  readonly isTerminal?: true
}

const MEANINGS: readonly Meaning[] = [
  { pattern: /^(?:57P03|LOADING)/, reason: 'starting' },
  { pattern: /^57P0[12]/, reason: 'shutting-down' },
  { pattern: /^(?:53300|ERR max number of clients)/, reason: 'too-many-connections' },
  {
    pattern:
      /^(?:28P01|28000|NO_PASSWORD|NOAUTH|WRONGPASS|ERR .*AUTH.*(?:no|without any) password)/,
    reason: 'wrong-credentials',
    isTerminal: true,
  },
  { pattern: /^(?:3D000|ERR .*DB index)/, reason: 'missing-database', isTerminal: true },
  { pattern: /^(?:42P01|3F000|42703|42883)/, reason: 'not-installed' },
  { pattern: /^(?:42501|NOPERM)/, reason: 'permission-denied' },
  { pattern: /^(?:25006|READONLY)/, reason: 'read-only' },
  { pattern: /^OOM/, reason: 'out-of-memory' },
  { pattern: /^NOT_SPOKEN/, reason: 'not-spoken' },
  { pattern: /^TOO_LARGE/, reason: 'too-much' },
]

/** What is known of the attempt. */
export interface FailedSession {
  readonly subject: string
  readonly latency: string
  readonly evidence: JsonObject
}

/** Judges a failure. */
export function assessQueueFailure(failure: QueueFailure, session: FailedSession): Answer {
  const { code, message } = failure
  const { subject, latency } = session
  const evidence = { ...session.evidence, code }
  if (code === 'CA_UNREADABLE') {
    const sentence = `${subject} cannot be asked: the file of tls.ca cannot be read.`
    return errored('terminal', { reason: 'malformed-input', sentence, evidence })
  }
  const unconnected = assessFailedAttempt({ code, subject, latency, evidence })
  if (unconnected !== undefined) return unconnected
  const meaning = MEANINGS.find(({ pattern }) => pattern.test(`${code} ${message}`))
  const findings = {
    reason: meaning?.reason ?? 'refused-command',
    sentence: `${subject}: the server says after ${latency}: ${shorten(message)} (${code}).`,
    evidence,
  }
  return meaning?.isTerminal === true ? terminal(findings) : notYet(findings)
}

function shorten(message: string): string {
  return redactText(message).slice(0, 200)
}
