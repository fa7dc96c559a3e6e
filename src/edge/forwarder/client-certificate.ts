/**
 * What a client has shown of itself by TLS. Only a certificate that an authority of the front has signed,
 * and that counts now, has names; of any other nothing is repeated, since anybody can write anything there.
 */
import type { Socket } from 'node:net'
import { type PeerCertificate, TLSSocket } from 'node:tls'
import { certificateNames } from '../../core/port/certificate-name.ts'
import type { ShownCertificate } from './front.ts'

/** What was shown on a connection, and until when it counts. */
interface Shown extends ShownCertificate {
  /** @unit ms since 1970 */
  readonly untilMs: number
}

/** Looks at each connection once. */
export class ClientCertificates {
  readonly #nowMs: () => number
  readonly #shown = new WeakMap<Socket, Shown>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Undefined: it was not asked for one. */
  of(socket: Socket): ShownCertificate | undefined {
    const known = this.#shown.get(socket)
    const shown = known ?? (socket instanceof TLSSocket ? look(socket) : undefined)
    if (shown === undefined) return undefined
    this.#shown.set(socket, shown)
    return shown.untilMs < this.#nowMs() ? EXPIRED : shown
  }
}

const EXPIRED: ShownCertificate = {
  names: [],
  words: 'a certificate that is not believed: it has expired',
}

const NONE: Shown = { names: [], words: 'no certificate', untilMs: Number.POSITIVE_INFINITY }

function look(socket: TLSSocket): Shown {
  // Of a connection that is gone there is none at all.
  const shown = socket.getPeerCertificate() as Partial<PeerCertificate> | null
  const { raw, ...certificate } = shown ?? {}
  if (raw === undefined) return NONE
  const untilMs = Date.parse(certificate.valid_to ?? '')
  if (!socket.authorized || Number.isNaN(untilMs)) return { ...NONE, words: unbelieved(socket) }
  const names = namesOf(certificate)
  const told = names.length === 0 ? 'that has no name' : `of ${names.slice(0, 5).join(', ')}`
  return { names, words: `a certificate ${told}`, field: `:${raw.toString('base64')}:`, untilMs }
}

function unbelieved({ authorizationError }: TLSSocket): string {
  const code = String((authorizationError as unknown) ?? 'it could not be verified')
  return `a certificate that is not believed: ${WHY.get(code) ?? code}`
}

const UNSIGNED = 'none of the authorities that the front knows has signed it'

/** @source openssl-verification-options(1), x509_vfy.h */
const WHY: ReadonlyMap<string, string> = new Map([
  ['CERT_HAS_EXPIRED', 'it has expired'],
  ['CERT_NOT_YET_VALID', 'it does not count yet'],
  ['INVALID_PURPOSE', 'it is not meant for clients'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNSIGNED],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNSIGNED],
  ['UNABLE_TO_GET_ISSUER_CERT', UNSIGNED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNSIGNED],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNSIGNED],
])

/** The names of a certificate that a contract could write. */
export function namesOf({
  subject,
  subjectaltname = '',
}: Pick<Partial<PeerCertificate>, 'subject' | 'subjectaltname'>): readonly string[] {
  const all = alternativeNames(subjectaltname)
  const ofForm = (form: string): readonly string[] =>
    all.flatMap(([its, name]) => (its === form ? [name] : []))
  const common = (subject as { readonly CN?: string | readonly string[] } | undefined)?.CN
  return certificateNames({
    uris: ofForm('URI'),
    hosts: ofForm('DNS'),
    commonNames: common === undefined ? [] : [common].flat(),
  })
}

/** One name as Node prints it; in quotes where it has anything in it that could be taken for another. */
const ONE_NAME = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y

/** Those that stand there plainly; a text that is not understood to its end has none. */
function alternativeNames(text: string): readonly (readonly [string, string])[] {
  const names: (readonly [string, string])[] = []
  ONE_NAME.lastIndex = 0
  while (ONE_NAME.lastIndex < text.length) {
    const [, form = '', name = ''] = ONE_NAME.exec(text) ?? []
    if (form === '') return []
    if (!name.startsWith('"')) names.push([form, name])
  }
  return names
}
