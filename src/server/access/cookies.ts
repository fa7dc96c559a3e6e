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

/**
 * The name of a cookie of ours. Without TLS it names the port as well: browsers send the cookies of a
 * host to all of its ports, and two servers on one machine would sign each other's people out.
 */
export function cookieName(name: 'session' | 'sign-in', origin: string): string {
  const { protocol, port } = new URL(origin)
  if (protocol === 'https:') return `__Host-rampart-${name}`
  return port === '' ? `rampart-${name}` : `rampart-${name}-${port}`
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
