/**
 * Judges a session with NATS that ended early. Failures to connect and of TLS are judged by
 * src/probes/connection/connection-failure.ts.
 *
 * | the server says | reason | answer |
 * |---|---|---|
 * | Authorization Violation; the credentials have expired | wrong-credentials | failed, terminal |
 * | it has no JetStream | no-jetstream | failed, terminal |
 * | JetStream does not answer, or is not enabled for the account | no-jetstream | failed, notYet |
 * | JetStream is there, but cannot work now | jetstream-unavailable | failed, notYet |
 * | no such stream | missing-stream | failed, notYet |
 * | no such consumer | missing-consumer | failed, notYet |
 * | the stream does not keep the canary's subject | wrong-subject | failed, notYet |
 * | the stream is full, or there is no room for it | stream-full | failed, notYet |
 * | the user may not ask this | permission-denied | failed, notYet |
 * | no more connections | too-many-connections | failed, notYet |
 * | something that is not NATS | not-nats | failed, notYet |
 * | more than 4 MiB | too-much | failed, notYet |
 * | anything else | refused-command | failed, notYet |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, terminal } from '../answer/answer.ts'
import { assessFailedAttempt } from '../connection/connection-failure.ts'
import { redactText } from '../redaction/redact.ts'
import type { NatsFailure } from './facts.ts'
import type { NatsInput } from './nats-input.ts'

interface Meaning {
  /** Of code and message, with a space in between. */
  readonly pattern: RegExp
  readonly reason: string
  readonly says: (input: NatsInput) => string
  readonly isTerminal?: true
}

const MEANINGS: readonly Meaning[] = [
  {
    pattern: /^(?:AuthorizationError|UserAuthenticationExpiredError)|authorization violation/i,
    reason: 'wrong-credentials',
    says: () => 'refuses user, password or token',
    isTerminal: true,
  },
  {
    pattern: /^NO_JETSTREAM/,
    reason: 'no-jetstream',
    says: () => 'runs without JetStream',
    isTerminal: true,
  },
  {
    pattern: /^(?:JetStreamNotEnabled|10039|10076)/,
    reason: 'no-jetstream',
    says: () => 'has no JetStream for this account',
  },
  {
    pattern: /^(?:10008|10009|10010|10118|10119)/,
    reason: 'jetstream-unavailable',
    says: () => 'cannot use its JetStream now',
  },
  {
    pattern: /^(?:StreamNotFoundError|10059)/,
    reason: 'missing-stream',
    says: ({ stream }) => `has no stream ${stream}`,
  },
  {
    pattern: /^(?:ConsumerNotFoundError|10014)/,
    reason: 'missing-consumer',
    says: ({ stream, consumer }) => `has no consumer ${consumer} of ${stream}`,
  },
  {
    pattern: /^(?:10060|.*stream does not match|WRONG_SUBJECT)/,
    reason: 'wrong-subject',
    says: ({ stream, canary }) => `has ${stream} not keep the canary's subject ${canary?.subject}`,
  },
  {
    pattern: /^(?:10077|10023|10047|10028|10002)|maximum (?:messages|bytes).*exceeded/,
    reason: 'stream-full',
    says: ({ stream }) => `has no room in ${stream}`,
  },
  {
    pattern: /permissions violation/i,
    reason: 'permission-denied',
    says: () => 'does not let the user ask',
  },
  {
    pattern: /maximum (?:account )?(?:active )?connections exceeded/i,
    reason: 'too-many-connections',
    says: () => 'takes no more connections',
  },
  { pattern: /^NOT_NATS/, reason: 'not-nats', says: () => 'does not speak NATS' },
  { pattern: /^TOO_LARGE/, reason: 'too-much', says: () => 'says more than 4 MiB' },
]

/** What is known of the attempt. */
export interface FailedSession {
  readonly input: NatsInput
  readonly subject: string
  readonly latency: string
  readonly evidence: JsonObject
}

/** Judges a failure. */
export function assessNatsFailure(failure: NatsFailure, session: FailedSession): Answer {
  const { code, message } = failure
  const { input, subject, latency } = session
  const evidence = { ...session.evidence, code }
  if (code === 'CA_UNREADABLE') {
    const sentence = `${subject} cannot be asked: the file of tls.ca cannot be read.`
    return errored('terminal', { reason: 'malformed-input', sentence, evidence })
  }
  if (code === 'CREDENTIALS_UNREADABLE') {
    const sentence = `${subject} cannot be asked: \`credentials\` is no file and no text of credentials.`
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
