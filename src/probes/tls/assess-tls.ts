/**
 * Judges TLS handshakes. Every address that was asked must be good; the first that is not is the
 * answer. The first row that fits counts. Failures to connect, and whether a certificate is trusted,
 * are judged by src/probes/connection/connection-failure.ts: expired, of another name, and not trusted
 * are terminal; refused, reset and no TLS are not.
 *
 * | found | answer |
 * |---|---|
 * | no version of TLS that both sides speak | failed, notYet: old-protocol |
 * | no protocol on offer that the other side speaks | failed, notYet: wrong-protocol |
 * | another failure of the handshake | failed, notYet: no-handshake |
 * | a version older than asked for | failed, notYet: old-protocol |
 * | another protocol than asked for, or none | failed, notYet: wrong-protocol |
 * | another certificate than asked for | failed, notYet: wrong-fingerprint |
 * | valid, but for fewer days than asked for | failed, notYet: expires-soon |
 * | different certificates at different addresses | failed, notYet: different-certificates |
 * | the certificates to trust cannot be read | errored, notYet: authorities-unreadable |
 * | everything as expected | passed: trusted |
 *
 * What is served is replaced while it runs, certificate by certificate and address by address, so
 * these wait. An expired or foreign certificate is terminal all the same: waiting for it to be replaced
 * is what nobody means who asks for it.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import { printHostPort } from '../../core/port/ip-text.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, type Findings, notYet, passed, printLatency, terminal } from '../answer/answer.ts'
import { assessFailedAttempt, printFailedAddresses } from '../connection/connection-failure.ts'
import type { Handshake, Session } from './shake-hands.ts'
import { TLS_VERSIONS, type TlsProbeInput, type TlsVersion } from './tls-input.ts'

/** What one attempt saw. */
export interface TlsFacts {
  /** One, or as many as the name has addresses; empty when nobody could be asked. */
  readonly handshakes: readonly Handshake[]
  /** Why nobody could be asked: of the look-up, or `CA_UNREADABLE`. */
  readonly failure?: string
  readonly latencyMs: number
  readonly nowMs: number
}

const VERSIONS: readonly string[] = TLS_VERSIONS
const DAY_MS = 86_400_000
const TEXT_LENGTH_MAX = 300
const ADDRESSES_SHOWN_MAX = 20

const OLD_PROTOCOL = /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS_AVAILABLE|VERSION_TOO_LOW/

/** Judges what one attempt saw. */
export function assessTls(input: TlsProbeInput, facts: TlsFacts): Answer {
  const { handshakes, failure, latencyMs } = facts
  const subject = `TLS ${printHostPort(input.host, input.port)}`
  const latency = printLatency(latencyMs)
  const evidence = collectEvidence(handshakes, facts)
  if (failure !== undefined) return assessFailure({ code: failure, subject, latency, evidence })
  for (const handshake of handshakes) {
    const where = input.allAddresses ? `${subject} at ${handshake.address}` : subject
    const bad = assessHandshake(input, handshake, { subject: where, latency, evidence }, facts)
    if (bad !== undefined) return bad
  }
  const prints = new Set(handshakes.map(({ session }) => session?.fingerprint))
  if (prints.size > 1) {
    const sentence = `${subject} shows ${prints.size} different certificates at ${handshakes.length} addresses.`
    return notYet({ reason: 'different-certificates', sentence, evidence })
  }
  const days = `valid for ${String(evidence['daysLeft'])} more days`
  const where = input.allAddresses ? ` at all of ${handshakes.length} addresses` : ''
  const sentence = `${subject} shows a trusted certificate, ${days}${where}, after ${latency}.`
  return passed({ reason: 'trusted', sentence, evidence })
}

interface About {
  readonly subject: string
  readonly latency: string
  readonly evidence: JsonObject
}

/** Undefined when it is good. */
function assessHandshake(
  input: TlsProbeInput,
  handshake: Handshake,
  about: About,
  { nowMs }: TlsFacts,
): Answer | undefined {
  const { session } = handshake
  if (session === undefined) {
    return assessFailure({ code: handshake.failure ?? 'UNKNOWN', ...about })
  }
  if (session.distrust !== undefined) {
    const code = session.distrust
    const sentence = `${about.subject} shows a certificate that is not to be trusted (${code}).`
    const { evidence } = about
    // Whatever else OpenSSL has against it is in the certificate, and stays there.
    return (
      assessFailedAttempt({ code, ...about }) ??
      terminal({ reason: 'untrusted-certificate', sentence, evidence })
    )
  }
  const wait = (reason: string, says: string): Answer =>
    notYet({ reason, sentence: `${about.subject} ${says}.`, evidence: about.evidence })
  if (!isAtLeast(session.protocol, input.minVersion)) {
    return wait('old-protocol', `speaks ${session.protocol}; ${input.minVersion} expected`)
  }
  if (input.alpn.length > 0 && !input.alpn.includes(session.alpn ?? '')) {
    const expected = input.alpn.join(' or ')
    return wait(
      'wrong-protocol',
      `agreed on ${session.alpn ?? 'no protocol'}; ${expected} expected`,
    )
  }
  if (input.fingerprint !== undefined && input.fingerprint !== session.fingerprint) {
    const [is, expected] = [session.fingerprint, input.fingerprint].map((one) => one.slice(0, 17))
    return wait('wrong-fingerprint', `shows the certificate ${is}…; ${expected}… expected`)
  }
  const days = daysLeft(session, nowMs)
  if (days < input.daysLeftMin) {
    const until = `valid for ${days} more days; ${input.daysLeftMin} expected`
    return wait('expires-soon', `shows a certificate that is ${until}`)
  }
  return undefined
}

function assessFailure(attempt: { readonly code: string } & About): Answer {
  const { code, subject, latency, evidence } = attempt
  const findings = (reason: string, says: string): Findings => ({
    reason,
    sentence: `${subject} ${says}.`,
    evidence,
  })
  if (code === 'CA_UNREADABLE') {
    const says = 'cannot be judged: the file of ca cannot be read'
    return errored('notYet', findings('authorities-unreadable', says))
  }
  if (OLD_PROTOCOL.test(code)) {
    return notYet(findings('old-protocol', `speaks no version of TLS that is in use (${code})`))
  }
  if (code.endsWith('NO_APPLICATION_PROTOCOL')) {
    return notYet(findings('wrong-protocol', `speaks none of the protocols on offer (${code})`))
  }
  const says = `broke the handshake off after ${latency} (${code})`
  return assessFailedAttempt(attempt) ?? notYet(findings('no-handshake', says))
}

function isAtLeast(protocol: string, least: TlsVersion): boolean {
  return VERSIONS.indexOf(protocol) >= VERSIONS.indexOf(least)
}

function daysLeft(session: Session, nowMs: number): number {
  return Math.floor((session.validToMs - nowMs) / DAY_MS)
}

function collectEvidence(handshakes: readonly Handshake[], facts: TlsFacts): JsonObject {
  const { latencyMs, nowMs } = facts
  const session = handshakes.find((one) => one.session !== undefined)?.session
  const failed = handshakes.flatMap((one) => one.failed)
  const days = handshakes.flatMap((one) =>
    one.session === undefined ? [] : [daysLeft(one.session, nowMs)],
  )
  return {
    latencyMs,
    ...(failed.length === 0 ? {} : { failed: printFailedAddresses(failed) }),
    addresses: handshakes.slice(0, ADDRESSES_SHOWN_MAX).flatMap(({ address, family, ...rest }) =>
      address === undefined
        ? []
        : [
            {
              address,
              family: family ?? 'ipv4',
              ...(rest.session === undefined ? {} : { fingerprint: rest.session.fingerprint }),
            },
          ],
    ),
    ...(session === undefined ? {} : { ...describe(session), daysLeft: Math.min(...days) }),
  }
}

function describe(session: Session): JsonObject {
  const { validFromMs, validToMs, subject, issuer, names, ...plain } = session
  const texts = Object.entries({ subject, issuer, names }).map(([key, text]) => [
    key,
    text.slice(0, TEXT_LENGTH_MAX).toWellFormed(),
  ])
  return {
    ...plain,
    ...Object.fromEntries(texts),
    validFrom: new Date(validFromMs).toISOString(),
    validTo: new Date(validToMs).toISOString(),
  }
}
