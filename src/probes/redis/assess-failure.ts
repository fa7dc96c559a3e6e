/**
 * Judges a session with Redis that ended early. Failures to connect and of TLS are judged by
 * src/probes/connection/connection-failure.ts.
 *
 * | the server says | reason | answer |
 * |---|---|---|
 * | LOADING | loading | failed, notYet |
 * | BUSY: a script does not end | busy | failed, notYet |
 * | MASTERDOWN: a replica that serves nothing without its primary | link-down | failed, notYet |
 * | CLUSTERDOWN | cluster-down | failed, notYet |
 * | MOVED, ASK, CROSSSLOT: the key is on another node of the cluster | other-node | failed, notYet |
 * | NOAUTH, WRONGPASS, a password where none is set | wrong-credentials | failed, terminal |
 * | NOPERM: the user may not ask this | permission-denied | failed, notYet |
 * | DENIED: protected mode | denied | failed, terminal |
 * | a database that its settings do not have | missing-database | failed, terminal |
 * | no more clients | too-many-connections | failed, notYet |
 * | something that is not Redis | not-redis | failed, notYet |
 * | more than 4 MiB | too-much | failed, notYet |
 * | anything else | refused-command | failed, notYet |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, terminal } from '../answer/answer.ts'
import { assessFailedAttempt } from '../connection/connection-failure.ts'
import { redactText } from '../redaction/redact.ts'
import type { RedisFailure } from './facts.ts'

interface Meaning {
  /** Of code and message, with a space in between. */
  readonly pattern: RegExp
  readonly reason: string
  readonly isTerminal?: true
}

const MEANINGS: readonly Meaning[] = [
  { pattern: /^LOADING/, reason: 'loading' },
  { pattern: /^BUSY/, reason: 'busy' },
  { pattern: /^MASTERDOWN/, reason: 'link-down' },
  { pattern: /^CLUSTERDOWN/, reason: 'cluster-down' },
  { pattern: /^(?:MOVED|ASK|CROSSSLOT)/, reason: 'other-node' },
  { pattern: /^(?:NOAUTH|WRONGPASS)/, reason: 'wrong-credentials', isTerminal: true },
  {
    pattern: /^ERR .*AUTH.*(?:no|without any) password/,
    reason: 'wrong-credentials',
    isTerminal: true,
  },
  { pattern: /^NOPERM/, reason: 'permission-denied' },
  { pattern: /^DENIED/, reason: 'denied', isTerminal: true },
  { pattern: /^ERR .*DB index/, reason: 'missing-database', isTerminal: true },
  { pattern: /^ERR max number of clients/, reason: 'too-many-connections' },
  { pattern: /^NOT_REDIS/, reason: 'not-redis' },
  { pattern: /^TOO_LARGE/, reason: 'too-much' },
]

/** What is known of the attempt. */
export interface FailedSession {
  readonly subject: string
  readonly latency: string
  readonly evidence: JsonObject
}

/** Judges a failure. */
export function assessRedisFailure(failure: RedisFailure, session: FailedSession): Answer {
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
    sentence: `${subject} says after ${latency}: ${redactText(message).slice(0, 200)} (${code}).`,
    evidence,
  }
  return meaning?.isTerminal === true ? terminal(findings) : notYet(findings)
}
