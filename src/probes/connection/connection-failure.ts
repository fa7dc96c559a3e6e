/**
 * Connection failures, judged: why nothing could be asked of the other side. A port that refuses, a
 * name that is not known yet, an answer that does not come may all change while things start. A
 * certificate that does not fit will not.
 *
 * | code | reason | outlook |
 * |---|---|---|
 * | ECONNREFUSED, ENOENT of a socket file | refused | notYet |
 * | ECONNRESET, EPIPE, a premature end | reset | notYet |
 * | ETIMEDOUT, the attempt's own time-out | timed-out | notYet |
 * | EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL and the like | unreachable | notYet |
 * | ENOTFOUND, ENODATA: DNS may come | unknown-host | notYet |
 * | EAI_AGAIN and other DNS failures | dns-unavailable | notYet |
 * | a certificate that is not valid yet | certificate-too-young | notYet |
 * | an expired certificate | expired-certificate | terminal |
 * | a certificate for another name | wrong-certificate-name | terminal |
 * | self-signed, unknown authority, revoked | untrusted-certificate | terminal |
 * | no TLS spoken there | no-tls | notYet |
 * | EMFILE, ENFILE, ENOBUFS, ENOMEM, EACCES, EPERM: our own trouble | no-resources | errored |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, terminal } from '../answer/answer.ts'

/** One address that could not be connected to. */
export interface FailedAddress {
  readonly address: string
  readonly family: 'ipv4' | 'ipv6'
  readonly code: string
}

/** Why no connection could be opened. */
export interface ConnectionFailure {
  readonly opened: false
  /** The code of the operating system or of TLS; `ABORTED` when time was up. */
  readonly code: string
  readonly failed: readonly FailedAddress[]
}

/** What is known of a failed attempt. */
export interface FailedAttempt {
  readonly code: string
  /** What was tried, redacted: `GET http://localhost:80/ready`. */
  readonly subject: string
  readonly latency: string
  readonly evidence: JsonObject
}

interface Meaning {
  readonly reason: string
  readonly says: string
  readonly kind?: 'terminal' | 'errored'
}

const REFUSED: Meaning = { reason: 'refused', says: 'was refused' }
const RESET: Meaning = { reason: 'reset', says: 'was cut off' }
const TIMED_OUT: Meaning = { reason: 'timed-out', says: 'got no answer' }
const UNREACHABLE: Meaning = { reason: 'unreachable', says: 'found no way to the address' }
const UNKNOWN_HOST: Meaning = { reason: 'unknown-host', says: 'found no address for the name' }
const DNS: Meaning = { reason: 'dns-unavailable', says: 'could not look the name up' }
const NO_TLS: Meaning = { reason: 'no-tls', says: 'found no TLS spoken there' }
const NO_RESOURCES: Meaning = {
  reason: 'no-resources',
  says: 'was not possible on this machine',
  kind: 'errored',
}
const UNTRUSTED: Meaning = {
  reason: 'untrusted-certificate',
  says: 'found a certificate that nobody trusted has signed',
  kind: 'terminal',
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: REFUSED,
  ENOENT: REFUSED,
  ECONNRESET: RESET,
  ECONNABORTED: RESET,
  EPIPE: RESET,
  UND_ERR_SOCKET: RESET,
  ETIMEDOUT: TIMED_OUT,
  ABORTED: TIMED_OUT,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EHOSTDOWN: UNREACHABLE,
  ENETDOWN: UNREACHABLE,
  EADDRNOTAVAIL: UNREACHABLE,
  EAFNOSUPPORT: UNREACHABLE,
  ENOTFOUND: UNKNOWN_HOST,
  ENODATA: UNKNOWN_HOST,
  EAI_AGAIN: DNS,
  EAI_FAIL: DNS,
  EMFILE: NO_RESOURCES,
  ENFILE: NO_RESOURCES,
  ENOBUFS: NO_RESOURCES,
  ENOMEM: NO_RESOURCES,
  EACCES: NO_RESOURCES,
  EPERM: NO_RESOURCES,
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  CERT_HAS_EXPIRED: {
    reason: 'expired-certificate',
    says: 'found an expired certificate',
    kind: 'terminal',
  },
  CERT_NOT_YET_VALID: {
    reason: 'certificate-too-young',
    says: 'found a certificate that is not valid yet',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'wrong-certificate-name',
    says: 'found a certificate for another name',
    kind: 'terminal',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_REVOKED: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
}

/** Judges an attempt that got no answer; undefined when the code is not one of the table. */
export function assessFailedAttempt(attempt: FailedAttempt): Answer | undefined {
  const meaning = MEANINGS[attempt.code]
  if (meaning === undefined) return undefined
  const code = attempt.code === 'ABORTED' ? '' : ` (${attempt.code})`
  const findings = {
    reason: meaning.reason,
    sentence: `${attempt.subject} ${meaning.says} after ${attempt.latency}${code}.`,
    evidence: attempt.evidence,
  }
  if (meaning.kind === 'terminal') return terminal(findings)
  if (meaning.kind === 'errored') return errored('notYet', findings)
  return notYet(findings)
}

/** Failed addresses as evidence: `['127.0.0.1 ECONNREFUSED']`. */
export function printFailedAddresses(failed: readonly FailedAddress[]): readonly string[] {
  return failed.map(({ address, code }) => `${address} ${code}`)
}
