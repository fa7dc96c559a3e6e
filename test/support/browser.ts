/** As much of a browser as signing in takes: cookies by host, redirects, forms without script. */

/** What a browser shows in the end. */
export interface Shown {
  readonly status: number
  readonly url: URL
  readonly text: string
}

/** A browser that remembers cookies. */
export class Browser {
  readonly #jars = new Map<string, Map<string, string>>()

  /** Goes to an address and follows where it is sent. */
  open(url: string): Promise<Shown> {
    return this.#go(new URL(url))
  }

  /** Fills the first form of a page in and sends it. `button`: which of its buttons is pressed. */
  submit(
    { text, url }: Shown,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Shown> {
    const action = /<form[^>]*action="([^"]*)"/.exec(text)?.[1] ?? url.href
    const filled = new URLSearchParams(fields)
    for (const [, name = '', value = ''] of text.matchAll(HIDDEN)) filled.append(name, value)
    const sent = { 'content-type': 'application/x-www-form-urlencoded', ...headers }
    return this.#go(new URL(action, url), { method: 'POST', body: String(filled), headers: sent })
  }

  /** What cookies it would send to a host. */
  cookiesFor(url: string): string {
    return [...this.#jar(new URL(url))].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async #go(url: URL, sent: RequestInit = {}): Promise<Shown> {
    const headers = { ...sent.headers, cookie: this.cookiesFor(url.href) }
    const response = await fetch(url, { ...sent, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) this.#keep(url, cookie)
    const text = await response.text()
    const location = response.headers.get('location')
    if (location !== null) return await this.#go(new URL(location, url))
    return { status: response.status, url, text }
  }

  #keep(url: URL, cookie: string): void {
    const [pair = ''] = cookie.split(';')
    const equals = pair.indexOf('=')
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
    if (value === '') this.#jar(url).delete(name)
    else this.#jar(url).set(name, value)
  }

  #jar({ host }: URL): Map<string, string> {
    const jar = this.#jars.get(host) ?? new Map<string, string>()
    this.#jars.set(host, jar)
    return jar
  }
}

const HIDDEN = /<input type="hidden" name="([^"]*)" value="([^"]*)"/g
