/** Which methods an address has, so that a wrong method is told from a wrong address. */

interface KnownRoute {
  readonly parts: readonly string[]
  readonly methods: Set<string>
}

/** The routes of an app. */
export class RouteTable {
  readonly #routes = new Map<string, KnownRoute>()

  /** @param pattern as routes are written: `/v1/ramps/:ramp` */
  add(method: string | readonly string[], pattern: string): void {
    const known = this.#routes.get(pattern)
    const route = known ?? { parts: pattern.split('/'), methods: new Set<string>() }
    for (const one of typeof method === 'string' ? [method] : method) route.methods.add(one)
    this.#routes.set(pattern, route)
  }

  /** The methods of an address, in alphabetical order; none when there is no such address. */
  methodsOf(path: string): readonly string[] {
    const parts = path.split('/')
    const methods = new Set<string>()
    for (const route of this.#routes.values()) {
      if (!isMatch(route.parts, parts)) continue
      for (const method of route.methods) methods.add(method)
    }
    return [...methods].sort()
  }
}

function isMatch(pattern: readonly string[], parts: readonly string[]): boolean {
  if (pattern.at(-1) === '*') return false
  return (
    pattern.length === parts.length &&
    pattern.every((part, place) => part === parts[place] || (part.startsWith(':') && parts[place]))
  )
}
