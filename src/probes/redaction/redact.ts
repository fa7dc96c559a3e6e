/**
 * Redaction: keeps passwords out of sentences and evidence, which end up in the ledger. It knows
 * secrets by where they stand (in a URL) and by what their variable is called; it cannot know a
 * secret that a component prints in some other way.
 */

import type { Json } from '../../core/units/json.ts'

/** What stands in for a secret. */
export const REDACTED = '***'

const USER_AND_PASSWORD = /(\/\/[^\s/:@]*):[^\s/@]+@/g
const SECRET_PARAMETER =
  /([?&;\s][^=&\s]*(?:password|passwd|secret|token|key|signature|auth)[^=&\s]*=)[^&\s]+/gi
const SECRET_NAME = /pass|secret|token|key|credential|auth|cookie|dsn/i

/** The text with passwords of URLs, and parameters with a telling name, replaced. */
export function redactText(text: string): string {
  return text
    .replace(USER_AND_PASSWORD, `$1:${REDACTED}@`)
    .replace(SECRET_PARAMETER, `$1${REDACTED}`)
}

/** The text with {@link redactText} done, and every one of `secrets` replaced. */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  let redacted = text
  for (const secret of secrets) redacted = redacted.replaceAll(secret, REDACTED)
  return redactText(redacted)
}

/** The values of variables whose name says that they are secret. */
export function secretsOf(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables)
    .filter(([name, value]) => SECRET_NAME.test(name) && value.length >= 3)
    .map(([, value]) => value)
}

/** A URL for people: no user, no password, no query. */
export function printUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?…'}`
}

/** The document with every text redacted. */
export function redactDocument(json: Json, secrets: readonly string[]): Json {
  if (typeof json === 'string') return redactSecrets(json, secrets)
  if (Array.isArray(json)) return json.map((item) => redactDocument(item, secrets))
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, member]) => [key, redactDocument(member, secrets)]),
  )
}
