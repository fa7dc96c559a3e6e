/**
 * Judges an attempt that a broker, or the way to it, ended early. Failures to connect and of TLS are
 * judged by src/probes/connection/connection-failure.ts.
 *
 * | Kafka says | reason | answer |
 * |---|---|---|
 * | SASL_AUTHENTICATION_FAILED | wrong-credentials | failed, terminal |
 * | UNSUPPORTED_SASL_MECHANISM, ILLEGAL_SASL_STATE | wrong-mechanism | failed, terminal |
 * | nothing, and hangs up on who has not signed in | not-signed-in | failed, notYet |
 * | …_AUTHORIZATION_FAILED | permission-denied | failed, notYet |
 * | UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID | missing-topic | failed, notYet |
 * | INVALID_TOPIC_EXCEPTION, INVALID_GROUP_ID | malformed-input | errored, terminal |
 * | NOT_ENOUGH_REPLICAS | under-replicated | failed, notYet |
 * | LEADER_NOT_AVAILABLE and the like: who leads or coordinates changes | no-leader | failed, notYet |
 * | POLICY_VIOLATION, INVALID_RECORD, MESSAGE_TOO_LARGE: the topic does not take the canary | canary-refused | failed, notYet |
 * | UNSUPPORTED_VERSION: no version that both know | unsupported-version | failed, notYet |
 * | nothing that Kafka would | not-kafka | failed, notYet |
 * | more than 16 MiB | too-much | failed, notYet |
 * | anything else | refused-request | failed, notYet |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, terminal } from '../answer/answer.ts'
import { assessFailedAttempt, printFailedAddresses } from '../connection/connection-failure.ts'
import type { KafkaFailure } from './facts.ts'
import type { KafkaInput } from './kafka-input.ts'

interface Meaning {
  readonly pattern: RegExp
  readonly reason: string
  readonly says?: string
  readonly kind?: 'terminal' | 'errored'
}

const MEANINGS: readonly Meaning[] = [
  {
    pattern: /^SASL_AUTHENTICATION_FAILED$/,
    reason: 'wrong-credentials',
    says: 'does not know this user with this password',
    kind: 'terminal',
  },
  {
    pattern: /^(?:UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE)$/,
    reason: 'wrong-mechanism',
    says: 'does not let anybody sign in this way',
    kind: 'terminal',
  },
  { pattern: /AUTHORIZATION_FAILED$/, reason: 'permission-denied', says: 'does not permit it' },
  { pattern: /^UNKNOWN_TOPIC/, reason: 'missing-topic', says: 'knows no such topic or partition' },
  {
    pattern: /^(?:INVALID_TOPIC_EXCEPTION|INVALID_GROUP_ID)$/,
    reason: 'malformed-input',
    kind: 'errored',
  },
  {
    pattern: /^NOT_ENOUGH_REPLICAS/,
    reason: 'under-replicated',
    says: 'has too few replicas in sync to take a record',
  },
  {
    pattern:
      /LEADER|COORDINATOR|BROKER_NOT_AVAILABLE|FENCED|REBALANCE|STORAGE_ERROR|REQUEST_TIMED_OUT/,
    reason: 'no-leader',
    says: 'is changing who leads or coordinates',
  },
  {
    pattern: /^(?:POLICY_VIOLATION|INVALID_RECORD|MESSAGE_TOO_LARGE|INVALID_TIMESTAMP)$/,
    reason: 'canary-refused',
    says: 'does not take the canary',
  },
  {
    pattern: /^UNSUPPORTED_VERSION$/,
    reason: 'unsupported-version',
    says: 'speaks other versions',
  },
  { pattern: /^TOO_LARGE$/, reason: 'too-much', says: 'does not stop talking' },
  {
    pattern: /^(?:NOT_KAFKA|PLT_KFK_|ERR_OUT_OF_RANGE)/,
    reason: 'not-kafka',
    says: 'does not speak Kafka',
  },
]

/** What is known of the attempt. */
export interface FailedSession {
  readonly subject: string
  readonly latency: string
  readonly evidence: JsonObject
}

/** Judges a failure. */
export function assessKafkaFailure(
  failure: KafkaFailure,
  input: KafkaInput,
  seen: FailedSession,
): Answer {
  const { code, doing, failed = [] } = failure
  const place =
    failure.broker === '' || failure.broker === input.shown ? '' : ` at ${failure.broker}`
  const subject = `${seen.subject}, asked${place} to ${doing},`
  const tried = failed.length === 0 ? {} : { failed: printFailedAddresses(failed) }
  const evidence = { ...seen.evidence, ...tried, code, doing, broker: failure.broker }
  if (code === 'CA_UNREADABLE') {
    const sentence = `${seen.subject} cannot be asked: the file of tls.ca cannot be read.`
    return errored('terminal', { reason: 'malformed-input', sentence, evidence })
  }
  const { latency } = seen
  if (code === 'ECONNRESET' && doing !== 'connect' && input.sasl === undefined) {
    const sentence = `${subject} hung up after ${latency} on who has not signed in (${code}).`
    return notYet({ reason: 'not-signed-in', sentence, evidence })
  }
  const unconnected = assessFailedAttempt({ code, subject, latency, evidence })
  if (unconnected !== undefined) return unconnected
  const meaning = MEANINGS.find(({ pattern }) => pattern.test(code))
  const says = meaning?.says ?? 'refused'
  const sentence = `${subject} ${says} (${code}, after ${latency}).`
  const findings = { reason: meaning?.reason ?? 'refused-request', sentence, evidence }
  if (meaning?.kind === 'errored') return errored('terminal', findings)
  return meaning?.kind === 'terminal' ? terminal(findings) : notYet(findings)
}
