/**
 * Judges an attempt that the store, or the way to it, ended early. Failures to connect and of TLS are
 * judged by src/probes/connection/connection-failure.ts.
 *
 * | the store says | reason | answer |
 * |---|---|---|
 * | InvalidAccessKeyId, SignatureDoesNotMatch, an expired or invalid token | wrong-credentials | failed, terminal |
 * | AccessDenied, AllAccessDisabled, or 403 without a word | permission-denied | failed, notYet |
 * | NoSuchBucket | missing-bucket | failed, notYet |
 * | NoSuchKey for what has just been put | lost | failed, notYet |
 * | PermanentRedirect, a header that names the wrong region | wrong-region | failed, terminal |
 * | InvalidBucketName | malformed-input | errored, terminal |
 * | RequestTimeTooSkewed | clock-skew | failed, notYet |
 * | BadDigest and the like: other bytes arrived than were put | altered | failed, notYet |
 * | a quota is used up, 507 | full | failed, notYet |
 * | SlowDown, InternalError, a server that is not initialized, 429, 5xx | unavailable | failed, notYet |
 * | nothing that S3 would | not-s3 | failed, notYet |
 * | more than 1 MiB | too-much | failed, notYet |
 * | anything else | refused-request | failed, notYet |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, terminal } from '../answer/answer.ts'
import { assessFailedAttempt } from '../connection/connection-failure.ts'
import { redactSecrets } from '../redaction/redact.ts'
import type { S3Failure, S3Step } from './facts.ts'
import type { S3Input } from './s3-input.ts'

interface Meaning {
  /** Of code, status and message, with spaces in between. */
  readonly pattern: RegExp
  readonly reason: string
  readonly kind?: 'terminal' | 'errored'
}

const MEANINGS: readonly Meaning[] = [
  {
    pattern:
      /^(?:InvalidAccessKeyId|InvalidClientTokenId|SignatureDoesNotMatch|ExpiredToken|InvalidToken(?:Id)?|TokenRefreshRequired|UnrecognizedClientException|InvalidSecurity)\b/,
    reason: 'wrong-credentials',
    kind: 'terminal',
  },
  { pattern: /^(?:AccessDenied|AllAccessDisabled|AccountProblem)\b/, reason: 'permission-denied' },
  { pattern: /^NoSuchBucket\b/, reason: 'missing-bucket' },
  { pattern: /^NoSuchKey\b/, reason: 'lost' },
  {
    pattern: /^(?:PermanentRedirect|IllegalLocationConstraintException)\b/,
    reason: 'wrong-region',
    kind: 'terminal',
  },
  {
    pattern: /^AuthorizationHeaderMalformed\b.*\bregion\b/is,
    reason: 'wrong-region',
    kind: 'terminal',
  },
  { pattern: /^InvalidBucketName\b/, reason: 'malformed-input', kind: 'errored' },
  { pattern: /^RequestTimeTooSkewed\b/, reason: 'clock-skew' },
  { pattern: /^(?:BadDigest|InvalidDigest|XAmzContent\w*Mismatch)\b/, reason: 'altered' },
  { pattern: /Quota|StorageFull|^\S+ 507 /, reason: 'full' },
  { pattern: /^(?:NOT_S3|SyntaxError|TypeError)\b|Deserialization error/, reason: 'not-s3' },
  { pattern: /^(?:TOO_LARGE|HPE_HEADER_OVERFLOW)\b/, reason: 'too-much' },
  { pattern: /^HPE_/, reason: 'not-s3' },
  {
    pattern: /^(?:SlowDown|ServiceUnavailable|InternalError)\b|^\S+ (?:429|5\d\d) /,
    reason: 'unavailable',
  },
  { pattern: /^\S+ 403 /, reason: 'permission-denied' },
]

const DOING: Readonly<Record<S3Step, string>> = {
  look: 'looking around',
  put: 'putting the canary',
  get: 'getting the canary back',
  delete: 'deleting the canary',
}

const SAYS: Readonly<Record<string, string>> = {
  'not-s3': 'does not speak S3',
  'too-much': 'does not stop talking',
}

/** What is known of the attempt. */
export interface FailedSession {
  readonly subject: string
  readonly latency: string
  readonly evidence: JsonObject
}

/** Judges a failure. */
export function assessS3Failure(failure: S3Failure, input: S3Input, seen: FailedSession): Answer {
  const { step, code, status } = failure
  const { subject, latency } = seen
  const evidence = { ...seen.evidence, step, code, ...(status === undefined ? {} : { status }) }
  if (code === 'CA_UNREADABLE') {
    const sentence = `${subject} cannot be asked: the file of tls.ca cannot be read.`
    return errored('terminal', { reason: 'malformed-input', sentence, evidence })
  }
  const unconnected = assessFailedAttempt({ code, subject, latency, evidence })
  if (unconnected !== undefined) return unconnected
  const secrets = [input.secretAccessKey, input.sessionToken ?? ''].filter((one) => one !== '')
  const message = redactSecrets(failure.message, secrets).replace(/\s+/g, ' ').slice(0, 200)
  const heard = `${code} ${status ?? 0} ${failure.message}`
  const meaning = MEANINGS.find(({ pattern }) => pattern.test(heard))
  const reason = meaning?.reason ?? 'refused-request'
  const left = seen.evidence['leftBehind'] === undefined ? '' : '; the canary may be left there'
  const says = SAYS[reason] ?? `says: ${message} (${code})`
  const sentence = `${subject}, asked for ${latency}, ${says} when ${DOING[step]}${left}.`
  const findings = { reason, sentence, evidence }
  if (meaning?.kind === 'errored') return errored('terminal', findings)
  return meaning?.kind === 'terminal' ? terminal(findings) : notYet(findings)
}
