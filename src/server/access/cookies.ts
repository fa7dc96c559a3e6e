/**
 * The cookies of the server, read and written. With TLS their names begin with `__Host-`, so that no
 * neighbouring host or path can set them; without TLS browsers would refuse that name.
 */

/** How a cookie is set. */
export interface CookieOptions {
  readonly isSecure: boolean
  /** @unit ms */
  readonly lifetimeMs: number
}

/** The name of a cookie of ours. */
export function cookieName(name: 'session' | 'sign-in', isSecure: boolean): string {
  return isSecure ? `__Host-rampart-${name}` : `rampart-${name}`
}

/** The value of one cookie; undefined when it was not sent. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const equals = pair.indexOf('=')
    if (equals >= 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}

/** A header that sets a cookie. `Lax`: it comes along when somebody follows a link from elsewhere. */
export function printCookie(name: string, value: string, options: CookieOptions): string {
  const age = Math.floor(options.lifetimeMs / 1_000)
  const secure = options.isSecure ? '; Secure' : ''
  return `${name}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`
}
