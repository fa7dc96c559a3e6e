/**
 * Certificates made on the fly: an authority that only the copy trusts, and what it signs, right in all
 * but what is to be told of. Written as DER by hand, since Node can read certificates but make none.
 *
 * @source RFC 5280, sections 4.1 and 4.2.1; X.690 for the encoding
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

/** A certificate with its key, as PEM. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

/** An authority, which signs. */
export interface Authority extends Certificate {
  readonly name: string
  readonly privateKey: KeyObject
}

/** What a certificate says. */
export interface CertificateTerms {
  /** A name, or an address, that it is for. */
  readonly host: string
  /** @unit ms since the epoch */
  readonly fromMs: number
  readonly untilMs: number
}

const YEAR_MS = 31_557_600_000
const ECDSA_WITH_SHA256 = sequence(identifier('2a8648ce3d040302'))
const COMMON_NAME = identifier('550403')
const SUBJECT_ALT_NAME = identifier('551d11')
const BASIC_CONSTRAINTS = identifier('551d13')
const YES = Buffer.from('0101ff', 'hex')

/** Makes an authority that signs its own certificate. */
export function makeAuthority(name: string, nowMs: number): Authority {
  const { publicKey, privateKey } = makeKeys()
  const certificate = signed({
    issuer: name,
    subject: name,
    publicKey,
    fromMs: nowMs - YEAR_MS,
    untilMs: nowMs + YEAR_MS,
    extension: sequence(BASIC_CONSTRAINTS, YES, tagged(0x04, sequence(YES))),
    signer: privateKey,
  })
  return { name, privateKey, certificate, key: pemOf(privateKey) }
}

/** Makes a certificate for a host. */
export function makeCertificate(by: Authority, terms: CertificateTerms): Certificate {
  const { publicKey, privateKey } = makeKeys()
  const { host, fromMs, untilMs } = terms
  const names = sequence(alternativeName(host))
  const certificate = signed({
    issuer: by.name,
    // Of the same name as its authority it would be taken for one that signs itself.
    subject: `of ${by.name}`,
    publicKey,
    fromMs,
    untilMs,
    extension: sequence(SUBJECT_ALT_NAME, tagged(0x04, names)),
    signer: by.privateKey,
  })
  return { certificate, key: pemOf(privateKey) }
}

interface Signing {
  readonly issuer: string
  readonly subject: string
  readonly publicKey: KeyObject
  readonly fromMs: number
  readonly untilMs: number
  readonly extension: Buffer
  readonly signer: KeyObject
}

function signed(terms: Signing): string {
  const { issuer, subject, publicKey, fromMs, untilMs, extension, signer } = terms
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    // Positive, and never twice the same.
    tagged(0x02, Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(timeOf(fromMs), timeOf(untilMs)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(extension)),
  )
  const signature = sign('sha256', body, signer)
  const whole = sequence(body, ECDSA_WITH_SHA256, tagged(0x03, Buffer.from([0]), signature))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function makeKeys(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function nameOf(commonName: string): Buffer {
  const value = tagged(0x0c, Buffer.from(commonName))
  return sequence(tagged(0x31, sequence(COMMON_NAME, value)))
}

function alternativeName(host: string): Buffer {
  if (isIP(host) === 0) return tagged(0x82, Buffer.from(host))
  return tagged(0x87, isIP(host) === 4 ? Buffer.from(host.split('.').map(Number)) : bytesOf6(host))
}

/** The sixteen bytes of an IPv6 address; `URL` writes every one in the same way. */
function bytesOf6(host: string): Buffer {
  const [left = '', right] = new URL(`http://[${host}]/`).hostname.slice(1, -1).split('::')
  const groups = (text = ''): readonly string[] => (text === '' ? [] : text.split(':'))
  const [head, tail] = [groups(left), groups(right)]
  const zeros = Array<string>(8 - head.length - tail.length).fill('0')
  const digits = [...head, ...zeros, ...tail].map((group) => group.padStart(4, '0'))
  return Buffer.from(digits.join(''), 'hex')
}

function timeOf(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  // Up to 2049 years have two digits.
  const isShort = digits < '2050'
  return tagged(isShort ? 0x17 : 0x18, Buffer.from(isShort ? digits.slice(2) : digits))
}

function identifier(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts)
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
