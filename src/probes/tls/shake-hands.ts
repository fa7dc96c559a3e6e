/**
 * Shakes hands by TLS over a connection of its own, and tells what the other side showed, whether
 * that is to be trusted or not. Nothing is said after the handshake, and nothing is left open.
 */
import { isIP, type Socket } from 'node:net'
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import type { FailedAddress } from '../connection/connection-failure.ts'
import { type AddressFamily, openConnection } from '../connection/open-connection.ts'
import type { TlsProbeInput } from './tls-input.ts'

/** What one handshake showed, as far as it got. */
export interface Handshake {
  readonly failed: readonly FailedAddress[]
  readonly address?: string
  readonly family?: AddressFamily
  /** Why there was no handshake. */
  readonly failure?: string
  readonly session?: Session
}

/** What was agreed on, and with whom. */
export interface Session {
  readonly protocol: string
  readonly cipher: string
  readonly alpn?: string
  /** Why the certificate is not to be trusted: `CERT_HAS_EXPIRED`, … */
  readonly distrust?: string
  readonly subject: string
  readonly issuer: string
  /** As the certificate lists them: `DNS:a.example, IP Address:10.0.0.1`. */
  readonly names: string
  readonly validFromMs: number
  readonly validToMs: number
  /** SHA-256. */
  readonly fingerprint: string
}

/** What all handshakes of one asking have in common. */
export interface Greeting {
  readonly input: TlsProbeInput
  readonly ca: string | undefined
  readonly signal: AbortSignal
}

/** Shakes hands with a host or one of its addresses; never rejects. */
export async function shakeHands(host: string, greeting: Greeting): Promise<Handshake> {
  const { input, signal } = greeting
  const connection = await openConnection({ host, port: input.port }, signal)
  const { failed } = connection
  if (!connection.opened) return { failed, failure: connection.code }
  const { socket, address, family } = connection
  return { failed, address, family, ...(await secure(socket, greeting)) }
}

function secure(
  socket: Socket,
  { input, ca, signal }: Greeting,
): Promise<Pick<Handshake, 'failure' | 'session'>> {
  const { servername: name, alpn } = input
  const drop = (): unknown => socket.destroy()
  socket.on('error', drop)
  return new Promise((resolve) => {
    const secured = connect({
      socket,
      // Judged afterwards, so that the evidence shows the certificate that is not to be trusted.
      rejectUnauthorized: false,
      ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
      // An address may not be sent as a server name (RFC 6066), but the certificate must carry it.
      ...(isIP(name) === 0 ? { servername: name } : { host: name }),
      ...(ca === undefined ? {} : { ca }),
    })
    const settle = (outcome: Pick<Handshake, 'failure' | 'session'>): void => {
      signal.removeEventListener('abort', abort)
      secured.on('error', drop)
      secured.destroy()
      drop()
      resolve(outcome)
    }
    const abort = (): void => settle({ failure: 'ABORTED' })
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    secured.once('secureConnect', () => settle({ session: describeSession(secured) }))
    secured.once('error', (error) => settle({ failure: codeOf(error) }))
  })
}

function describeSession(secured: TLSSocket): Session {
  const certificate = secured.getPeerCertificate(true)
  const { authorizationError: distrust, alpnProtocol } = secured
  return {
    protocol: secured.getProtocol() ?? 'unknown',
    cipher: secured.getCipher().name,
    ...(typeof alpnProtocol === 'string' ? { alpn: alpnProtocol } : {}),
    ...(secured.authorized ? {} : { distrust: distrustOf(distrust) }),
    subject: printName(certificate.subject),
    issuer: printName(certificate.issuer),
    names: certificate.subjectaltname ?? '',
    validFromMs: Date.parse(certificate.valid_from),
    validToMs: Date.parse(certificate.valid_to),
    fingerprint: certificate.fingerprint256,
  }
}

/** Typed as an error, but the code alone since it was added. */
function distrustOf(reason: unknown): string {
  if (typeof reason === 'string') return reason
  return reason instanceof Error ? codeOf(reason) : 'CERT_UNTRUSTED'
}

function printName(name: DetailedPeerCertificate['subject'] | undefined): string {
  const entries = Object.entries(name ?? {}).map(([key, value]) => `${key}=${String(value)}`)
  return entries.join(', ')
}

function codeOf(error: Error): string {
  const code: unknown = 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'EPROTO'
}
