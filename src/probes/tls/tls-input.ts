/** The input of the `tls` probe, its templates resolved. */
import type { InputReader } from '../input/input-reader.ts'

/** The versions of TLS that may be asked for, oldest first. */
export const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const

/** A version of TLS. */
export type TlsVersion = (typeof TLS_VERSIONS)[number]

/** Whom to shake hands with and what to expect. */
export interface TlsProbeInput {
  readonly host: string
  readonly port: number
  /** Name that the certificate must carry. */
  readonly servername: string
  /** Certificates to trust: PEM text, or the path of a file that holds it. */
  readonly ca: string | undefined
  readonly daysLeftMin: number
  /** @default TLSv1.2 */
  readonly minVersion: TlsVersion
  /** Protocols to offer; empty: none. */
  readonly alpn: readonly string[]
  /** Upper-case pairs of digits with colons. */
  readonly fingerprint: string | undefined
  readonly allAddresses: boolean
}

const HTTPS_PORT = 443
const ADDRESS = /^(?:\[([^\]\s]+)\]|([^:\s[\]]+)):(\d{1,5})$/

/** Reads the input; what is wrong with it is kept by the reader. */
export function readTlsProbeInput(reader: InputReader): TlsProbeInput {
  const destination = reader.has('address')
    ? readAddress(reader)
    : { host: bareHost(reader.text('host')), port: reader.whole('port', HTTPS_PORT) }
  if (destination.port < 1 || destination.port > 65_535) {
    reader.refuse(`the port must be from 1 to 65535, and is ${destination.port}.`)
  }
  return {
    ...destination,
    servername: bareHost(reader.optionalText('servername') ?? destination.host),
    ca: reader.optionalText('ca'),
    daysLeftMin: reader.whole('daysLeft', 0),
    minVersion: readVersion(reader),
    alpn: reader.texts('alpn', []),
    fingerprint: readFingerprint(reader),
    allAddresses: reader.flag('allAddresses', false),
  }
}

function readAddress(reader: InputReader): { readonly host: string; readonly port: number } {
  const address = reader.text('address')
  const [, bracketed, bare, port] = ADDRESS.exec(address) ?? []
  const host = bracketed ?? bare
  if (host === undefined) reader.refuse(`the address must be host:port, and is ${address}.`)
  return { host: host ?? '', port: Number(port ?? 0) }
}

function readVersion(reader: InputReader): TlsVersion {
  const text = reader.optionalText('minVersion') ?? 'TLSv1.2'
  const version = TLS_VERSIONS.find((one) => one === text)
  if (version === undefined) {
    reader.refuse(`\`minVersion\` must be one of ${TLS_VERSIONS.join(', ')}, and is ${text}.`)
  }
  return version ?? 'TLSv1.2'
}

function readFingerprint(reader: InputReader): string | undefined {
  const digits = reader.optionalText('fingerprint')?.replaceAll(':', '').toUpperCase()
  if (digits === undefined) return undefined
  if (!/^[0-9A-F]{64}$/.test(digits)) reader.refuse('`fingerprint` must be 64 hexadecimal digits.')
  return digits.match(/../g)?.join(':') ?? ''
}

function bareHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}
