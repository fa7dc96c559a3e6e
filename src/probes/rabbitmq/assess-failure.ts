/**
 * Judges a session with RabbitMQ, or a question to its management plugin, that ended early. Failures to
 * connect and of TLS are judged by src/probes/connection/connection-failure.ts.
 *
 * | the server says | reason | answer |
 * |---|---|---|
 * | ACCESS_REFUSED to the login; 401 | wrong-credentials | failed, terminal |
 * | 401, because the user may not use the management plugin | permission-denied | failed, notYet |
 * | no such vhost | missing-vhost | failed, notYet |
 * | a vhost that is down | starting | failed, notYet |
 * | too many connections for the vhost or the user | too-many-connections | failed, notYet |
 * | the user may not enter the vhost, or not use the queue | permission-denied | failed, notYet |
 * | no such queue | missing-queue | failed, notYet |
 * | no such exchange | missing-exchange | failed, notYet |
 * | a queue that belongs to another connection | locked-queue | failed, notYet |
 * | CONNECTION_FORCED: it ends | shutting-down | failed, notYet |
 * | something that is not RabbitMQ | not-rabbitmq | failed, notYet |
 * | more than 1 MiB from the management plugin | too-much | failed, notYet |
 * | anything else | refused-command | failed, notYet |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, terminal } from '../answer/answer.ts'
import { assessFailedAttempt } from '../connection/connection-failure.ts'
import { redactText } from '../redaction/redact.ts'
import type { RabbitmqFailure } from './facts.ts'
import type { RabbitmqInput } from './rabbitmq-input.ts'

interface Meaning {
  /** Of code and message, with a space in between. */
  readonly pattern: RegExp
  readonly reason: string
  readonly says: (input: RabbitmqInput) => string
  readonly isTerminal?: true
}

const MEANINGS: readonly Meaning[] = [
  {
    pattern: /ACCESS.REFUSED - Login was refused|^401 .*Login failed/i,
    reason: 'wrong-credentials',
    says: () => 'refuses user or password',
    isTerminal: true,
  },
  {
    pattern: /vhost .* not found/i,
    reason: 'missing-vhost',
    says: ({ vhost }) => `has no vhost ${vhost}`,
  },
  {
    pattern: /vhost .* (?:is down|not running)/i,
    reason: 'starting',
    says: ({ vhost }) => `has not started the vhost ${vhost}`,
  },
  {
    pattern: /limit .*is reached|connection.* limit/i,
    reason: 'too-many-connections',
    says: () => 'takes no more connections',
  },
  {
    pattern: /NOT_FOUND - no exchange/i,
    reason: 'missing-exchange',
    says: ({ canary }) => `has no exchange ${canary?.exchange}`,
  },
  {
    pattern: /NOT_FOUND - no queue|^404/i,
    reason: 'missing-queue',
    says: ({ queue }) => `has no queue ${queue}`,
  },
  {
    pattern: /RESOURCE_LOCKED/i,
    reason: 'locked-queue',
    says: ({ queue }) => `has the queue ${queue} in use by one connection only`,
  },
  {
    pattern: /ACCESS_REFUSED|NOT_ALLOWED|^40[13]|Expected ConnectionOpenOk/i,
    reason: 'permission-denied',
    says: ({ vhost }) => `does not let the user do this in the vhost ${vhost}`,
  },
  { pattern: /CONNECTION_FORCED/i, reason: 'shutting-down', says: () => 'ends' },
  {
    pattern: /frame|Expected ConnectionStart|handshake|SASL/i,
    reason: 'not-rabbitmq',
    says: () => 'does not speak AMQP 0-9-1',
  },
  { pattern: /^TOO_LARGE/, reason: 'too-much', says: () => 'says more than 1 MiB' },
]

/** What is known of the attempt. */
export interface FailedSession {
  readonly input: RabbitmqInput
  readonly subject: string
  readonly latency: string
  readonly evidence: JsonObject
}

/** Judges a failure. */
export function assessRabbitmqFailure(failure: RabbitmqFailure, session: FailedSession): Answer {
  const { code, message, isManagement = false } = failure
  const { input, latency } = session
  const subject = isManagement ? `The management of ${session.subject}` : session.subject
  const evidence = { ...session.evidence, code, ...(isManagement ? { of: 'management' } : {}) }
  if (code === 'CA_UNREADABLE') {
    const sentence = `${subject} cannot be asked: the file of tls.ca cannot be read.`
    return errored('terminal', { reason: 'malformed-input', sentence, evidence })
  }
  const unconnected = assessFailedAttempt({ code, subject, latency, evidence })
  if (unconnected !== undefined) return unconnected
  const meaning = MEANINGS.find(({ pattern }) => pattern.test(`${code} ${message}`))
  const says = meaning?.says(input) ?? 'refuses'
  const findings = {
    reason: meaning?.reason ?? 'refused-command',
    sentence: `${subject} ${says}, after ${latency}: ${redactText(message).slice(0, 200)} (${code}).`,
    evidence,
  }
  return meaning?.isTerminal === true ? terminal(findings) : notYet(findings)
}
