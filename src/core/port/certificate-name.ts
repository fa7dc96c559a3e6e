/**
 * Names of clients' certificates, as contracts write them: a URI (`spiffe://shop/web`), a DNS name
 * (`web.internal`) or the common name of the subject (`CN=web`). What each form may look like keeps them
 * apart, so that no name of one form can be taken for one of another.
 *
 * @source RFC 5280, 4.2.1.6; RFC 6125, 6.4.3; SPIFFE-ID, 2
 */

const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?'
const DNS = `${LABEL}(?:\\.${LABEL})*`
const URI = '[a-z][a-z0-9+.-]*:\\/\\/[^\\s*,"/][^\\s*,"]*'
const COMMON = 'CN=[^,"*\\s]+'

/** What a contract may write: one name, or those of one label (`*.internal`), or below one (`…/*`). */
export const CERTIFICATE_PATTERN: RegExp = new RegExp(
  `^(?:${COMMON}|${URI}(?:\\/\\*)?|(?:\\*\\.)?${DNS})$`,
)

const ONE_DNS = new RegExp(`^${DNS}$`)
const ONE_URI = new RegExp(`^${URI}$`)
const ONE_COMMON = new RegExp(`^${COMMON}$`)

/** What can be printed: names are told to people, in logs too. */
const PRINTABLE = /^\P{C}+$/u

/** A segment of a path that means itself to everybody: neither `..` nor anything that is to be decoded. */
const PLAIN_SEGMENT = /^(?!\.{1,2}$)[\w.~:@-]+$/

/** What stands in a certificate. */
export interface WrittenNames {
  readonly uris: readonly string[]
  readonly hosts: readonly string[]
  readonly commonNames: readonly string[]
}

/** The names of a certificate that a contract could write; more than one common name is none. */
export function certificateNames({ uris, hosts, commonNames }: WrittenNames): readonly string[] {
  const common = commonNames.length === 1 ? commonNames.map((name) => `CN=${name}`) : []
  const names = [
    ...uris.filter((name) => ONE_URI.test(name)),
    ...hosts.filter((name) => ONE_DNS.test(name)).map((name) => name.toLowerCase()),
    ...common.filter((name) => ONE_COMMON.test(name)),
  ]
  return [...new Set(names.filter((name) => PRINTABLE.test(name)))]
}

/**
 * Whether a name is what a contract writes.
 *
 * @example
 * matchesCertificateName('spiffe://shop/*', 'spiffe://shop/web') === true
 */
export function matchesCertificateName(pattern: string, name: string): boolean {
  if (pattern.endsWith('/*')) {
    const start = pattern.slice(0, -1)
    if (!name.startsWith(start)) return false
    return name
      .slice(start.length)
      .split('/')
      .every((segment) => PLAIN_SEGMENT.test(segment))
  }
  if (pattern.startsWith('*.')) {
    const end = pattern.slice(1).toLowerCase()
    const label = name.endsWith(end) ? name.slice(0, -end.length) : ''
    return label !== '' && !label.includes('.') && ONE_DNS.test(name)
  }
  return ONE_DNS.test(pattern) ? pattern.toLowerCase() === name : pattern === name
}
