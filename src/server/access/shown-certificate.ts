/**
 * The certificate that a client has shown in the handshake of TLS, as far as access is judged by it.
 * That the client has its key is what the handshake proves; whether it counts is judged elsewhere.
 */
import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** What is known of a certificate besides whether it counts. */
export interface AcceptedCertificate {
  /** Whose it says it is: its subject, or its first name where it has none. */
  readonly subject: string
  /** SHA-256 of it, in lower-case hexadecimal. */
  readonly fingerprint: string
  readonly untilMs: number
  /** The regions whose agent it names; see {@link regionsNamed}. */
  readonly regions: readonly string[]
}

/** A certificate that was shown. */
export interface ShownCertificate extends AcceptedCertificate {
  readonly sinceMs: number
  /** Why our authorities do not vouch for it, in OpenSSL's word; absent: they do. */
  readonly distrust?: string
}

/** Subjects are written into the ledger. @unit characters */
const SUBJECT_MAX = 300

/** The names of a certificate, one after the other; a value with anything odd in it stands in quotes. */
const NAME = /([A-Za-z][A-Za-z ]*):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y

/** How a certificate names the agent of a region: a SPIFFE ID of any trust domain. */
const AGENT_URI =
  /^spiffe:\/\/[a-z0-9._-]{1,255}\/rampart\/agent\/([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)$/

/** Undefined when none was shown, or nobody asked for one. */
export function shownCertificate(socket: Socket): ShownCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return undefined
  return {
    subject: subjectOf(certificate),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    sinceMs: Date.parse(certificate.validFrom),
    untilMs: Date.parse(certificate.validTo),
    regions: regionsNamed(certificate.subjectAltName ?? ''),
    ...(socket.authorized ? {} : { distrust: String(socket.authorizationError) }),
  }
}

/**
 * The regions whose agent is named by the URIs of a certificate, `spiffe://<any>/rampart/agent/<region>`.
 * Where any of its names cannot be read it names none.
 *
 * @param names as Node prints them: `URI:spiffe://example.org/rampart/agent/eu, DNS:eu.example.org`
 * @source https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md
 */
export function regionsNamed(names: string): readonly string[] {
  const regions: string[] = []
  for (let at = 0; at < names.length; at = NAME.lastIndex) {
    NAME.lastIndex = at
    const [whole = '', sort, value = ''] = NAME.exec(names) ?? []
    if (whole === '') return []
    const [, region] = (sort === 'URI' && AGENT_URI.exec(value)) || []
    if (region !== undefined) regions.push(region)
  }
  return regions
}

function subjectOf({ subject, subjectAltName = '' }: X509Certificate): string {
  const words = subject ? subject.split('\n').join(', ') : subjectAltName
  return words.slice(0, SUBJECT_MAX)
}
