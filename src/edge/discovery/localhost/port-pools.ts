/**
 * The backends behind every name: who is ready gets requests, who is not any more ends what it has and
 * is then forgotten. Nothing here ever cuts off what is under way.
 */
import type { Clock } from '../../../seams/clock.ts'
import type { Endpoint, Endpoints } from '../../../seams/endpoints.ts'
import { BackendPool, type WaitingLimits } from '../../forwarder/backend-pool.ts'
import { printTarget } from '../instances.ts'
import { byOwnName } from '../own-first.ts'
import type { HomeNames } from '../service-name.ts'
import { LocalNames, type Meaning, type ServedPort, servedKey } from './find-port.ts'

/** What pools are made of. */
export interface PortPoolsParts {
  readonly endpoints: Endpoints
  /** Who is known, and need not be ready: requests for them wait. */
  readonly expected?: Endpoints
  readonly clock: Clock
  readonly home?: HomeNames
}

/** For how long a service that was asked for, and is gone, is still waited for. */
const REMEMBER_MS = 60_000

interface PortPool {
  readonly served: ServedPort
  readonly pool: BackendPool
  seenAtMs: number
}

/** Finds the pool of a name, and keeps every pool as the endpoints are. */
export class PortPools {
  readonly #parts: PortPoolsParts
  readonly #limits: WaitingLimits
  readonly #pools = new Map<string, PortPool>()
  readonly #stop: () => void
  #names: { readonly at: string; readonly names: LocalNames } | undefined

  constructor(parts: PortPoolsParts, limits: WaitingLimits) {
    this.#parts = parts
    this.#limits = limits
    this.#stop = parts.endpoints.onChanged(() => this.#follow())
  }

  /** Follows no longer. */
  close(): void {
    this.#stop()
  }

  /** What a name means; a port is found by its own name, whatever it was asked for by. */
  find(name: string): Meaning {
    const meaning = this.#namesNow().find(name)
    if (meaning.verdict !== 'port') return meaning
    return { verdict: 'port', served: byOwnName(meaning.served) }
  }

  list(): readonly string[] {
    return this.#namesNow().list()
  }

  /** Where a port is whose clients have to speak TLS; undefined: they need not. */
  secureAt(served: ServedPort): Endpoint | undefined {
    const key = servedKey(served)
    return this.#known().find((one) => one.tls !== undefined && servedKey(one) === key)
  }

  /** The pool of one port; made when it is first asked for. */
  poolOf(served: ServedPort): BackendPool {
    const key = servedKey(served)
    const known = this.#pools.get(key)
    if (known !== undefined) return known.pool
    const { clock, endpoints } = this.#parts
    const made = { served, pool: new BackendPool(this.#limits), seenAtMs: clock.nowMs() }
    this.#pools.set(key, made)
    const ready = endpoints.list().filter((one) => isTcp(one) && servedKey(one) === key)
    this.#sync(made, ready)
    return made.pool
  }

  #namesNow(): LocalNames {
    const { endpoints, expected, home } = this.#parts
    const at = `${endpoints.index} ${expected?.index}`
    if (this.#names?.at === at) return this.#names.names
    const remembered = [...this.#pools.values()].map(({ served }) => served)
    const names = new LocalNames([...this.#known(), ...remembered], home)
    this.#names = { at, names }
    return names
  }

  #known(): readonly Endpoint[] {
    const { endpoints, expected } = this.#parts
    return [...endpoints.list(), ...(expected?.list() ?? [])].filter(isTcp)
  }

  #follow(): void {
    const byPort = Map.groupBy(this.#parts.endpoints.list().filter(isTcp), servedKey)
    for (const [key, pool] of this.#pools) {
      const isForgotten = !this.#sync(pool, byPort.get(key) ?? [])
      if (isForgotten) this.#pools.delete(key)
    }
  }

  /** @returns whether anybody still needs the pool */
  #sync(one: PortPool, endpoints: readonly Endpoint[]): boolean {
    const { pool } = one
    const ready = new Map(endpoints.map((endpoint) => [printTarget(endpoint), endpoint]))
    const nowMs = this.#parts.clock.nowMs()
    if (ready.size > 0) one.seenAtMs = nowMs
    for (const { backend, state, inFlight } of pool.list()) {
      if (ready.has(backend.id)) continue
      if (state === 'routed') pool.drain(backend)
      if (inFlight === 0) pool.remove(backend.id)
    }
    for (const [id, { address, number }] of ready) {
      if (pool.find(id)?.state !== 'routed') pool.route({ id, address, port: number })
    }
    return pool.list().length > 0 || pool.waiting > 0 || nowMs - one.seenAtMs < REMEMBER_MS
  }
}

function isTcp({ protocol }: Endpoint): boolean {
  return protocol === 'tcp'
}
