/**
 * Judges why a MySQL or MariaDB server did not answer. Failures to connect and of TLS are judged by
 * src/probes/connection/connection-failure.ts.
 *
 * | error | reason | answer |
 * |---|---|---|
 * | 1053 being shut down, 1927 session ended | shutting-down | failed, notYet |
 * | 1040, 1203, 1226 too many connections | too-many-connections | failed, notYet |
 * | 1045, 1698, 1251 wrong password, no such user or way to sign in | wrong-credentials | failed, terminal |
 * | a way to sign in that the driver does not know | unknown-sign-in | errored, terminal |
 * | 1130 not from this host | denied | failed, terminal |
 * | 1129 this host is blocked after many errors | blocked | failed, notYet |
 * | 1049 no such database | missing-database | failed, terminal |
 * | 1146, 1051 no such table | missing-table | failed, notYet |
 * | 1054 no such column | missing-column | failed, notYet |
 * | 1044, 1142, 1143, 1227 no right | permission-denied | failed, notYet |
 * | 1290, 1836 the server is set to read only | read-only | failed, notYet |
 * | 1021, 1114 no room | disk-full | failed, notYet |
 * | 1205, 1213 somebody else holds a lock | locked | failed, notYet |
 * | 1064, 1065 not SQL | malformed-query | errored, terminal |
 * | 1792 a query that writes | query-writes | errored, terminal |
 * | something that is not MySQL | not-mysql | failed, notYet |
 * | anything else | query-failed | failed, notYet |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, terminal } from '../answer/answer.ts'
import { assessFailedAttempt } from '../connection/connection-failure.ts'
import { redactText } from '../redaction/redact.ts'
import type { MysqlFailure } from './facts.ts'

interface Meaning {
  readonly codes: readonly string[]
  readonly reason: string
  readonly kind?: 'terminal' | 'errored'
}

const MEANINGS: readonly Meaning[] = [
  { codes: ['1053', '1927'], reason: 'shutting-down' },
  { codes: ['1040', '1203', '1226'], reason: 'too-many-connections' },
  { codes: ['1045', '1698', '1251'], reason: 'wrong-credentials', kind: 'terminal' },
  { codes: ['AUTH_SWITCH_PLUGIN_ERROR'], reason: 'unknown-sign-in', kind: 'errored' },
  { codes: ['1130'], reason: 'denied', kind: 'terminal' },
  { codes: ['1129'], reason: 'blocked' },
  { codes: ['1049'], reason: 'missing-database', kind: 'terminal' },
  { codes: ['1146', '1051'], reason: 'missing-table' },
  { codes: ['1054'], reason: 'missing-column' },
  { codes: ['1044', '1142', '1143', '1227'], reason: 'permission-denied' },
  { codes: ['1290', '1836'], reason: 'read-only' },
  { codes: ['1021', '1114'], reason: 'disk-full' },
  { codes: ['1205', '1213'], reason: 'locked' },
  { codes: ['1064', '1065'], reason: 'malformed-query', kind: 'errored' },
  { codes: ['1792'], reason: 'query-writes', kind: 'errored' },
  { codes: ['NOT_MYSQL'], reason: 'not-mysql' },
]

/** What is known of the attempt. */
export interface FailedSession {
  readonly subject: string
  readonly latency: string
  readonly evidence: JsonObject
}

/** The word for an error of the server. */
export function reasonOf(code: string): string | undefined {
  return MEANINGS.find(({ codes }) => codes.includes(code))?.reason
}

/** What the server said, for people. */
export function printFailure({ code, message }: MysqlFailure): string {
  return `${redactText(message).slice(0, 300)} (${code})`
}

/** Judges a failure. */
export function assessMysqlFailure(failure: MysqlFailure, session: FailedSession): Answer {
  const { code } = failure
  const { subject, latency } = session
  const evidence = { ...session.evidence, code }
  if (code === 'CA_UNREADABLE') {
    const sentence = `${subject} cannot be asked: the file of tls.ca cannot be read.`
    return errored('terminal', { reason: 'malformed-input', sentence, evidence })
  }
  const unconnected = assessFailedAttempt({ code, subject, latency, evidence })
  if (unconnected !== undefined) return unconnected
  const meaning = MEANINGS.find(({ codes }) => codes.includes(code))
  const findings = {
    reason: meaning?.reason ?? 'query-failed',
    sentence: `${subject} says after ${latency}: ${printFailure(failure)}.`,
    evidence,
  }
  if (meaning?.kind === 'terminal') return terminal(findings)
  if (meaning?.kind === 'errored') return errored('terminal', findings)
  return notYet(findings)
}
