/**
 * The ready owners of ports, in memory: what every kind of discovery reads. It is told by whoever
 * knows (the broker's leases), and never asks anybody itself.
 */
import type { Endpoint, Endpoints } from '../../seams/endpoints.ts'

/** A list of endpoints that is kept up to date; it begins empty. */
export class EndpointTable implements Endpoints {
  readonly #listeners = new Set<() => void>()
  #byKey: ReadonlyMap<string, Endpoint> = new Map()
  #list: readonly Endpoint[] = []
  #index: number

  /**
   * `beginAt` is the first index. Whoever waits for changes by index takes theirs to the next run of the
   * daemon, so give it the clock's milliseconds: they are greater than every index of earlier runs.
   */
  constructor(beginAt = 1) {
    this.#index = beginAt
  }

  get index(): number {
    return this.#index
  }

  list(): readonly Endpoint[] {
    return this.#list
  }

  /** Replaces the whole list; nobody is told when it says the same as before. */
  set(endpoints: Iterable<Endpoint>): void {
    const byKey = new Map([...endpoints].map((one) => [keyOf(one), one]))
    if (byKey.size === this.#byKey.size && [...byKey.keys()].every((key) => this.#byKey.has(key)))
      return
    this.#byKey = byKey
    const sorted = [...byKey].sort(([one], [other]) => compareTexts(one, other))
    this.#list = sorted.map(([, endpoint]) => endpoint)
    this.#index += 1
    for (const listener of [...this.#listeners]) listener()
  }

  /** Adds one; quiet when it is there. */
  add(endpoint: Endpoint): void {
    this.set([...this.#list, endpoint])
  }

  /** Removes one; quiet when it is not there. */
  remove(endpoint: Endpoint): void {
    const key = keyOf(endpoint)
    this.set(this.#list.filter((one) => keyOf(one) !== key))
  }

  onChanged(listener: () => void): () => void {
    const entry = (): void => listener()
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

/**
 * Everything an endpoint says, so that two with equal keys are the same; service, port, instance, then
 * what is left, so that equal lists are in equal order.
 */
function keyOf(one: Endpoint): string {
  const words = [one.service, one.port, one.instance, one.environment, one.tenant, one.scope]
  const place = [one.protocol, String(one.number).padStart(5, '0'), one.address]
  return [...words, ...place, one.aliasOf].map((word) => word ?? '').join('\0')
}
