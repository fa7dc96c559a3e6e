/**
 * Finds who serves a port of a service, and follows every change. What was found is kept when discovery
 * does not answer: a service must go on without whoever told it where the others are.
 */
import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '../core/fault/fault.ts'
import { askDiscovery } from './ask-discovery.ts'
import { type DiscoveredEndpoint, endpointOfVariables } from './discovered-endpoint.ts'

export type { DiscoveredEndpoint }

/** What is looked for, and where. */
export interface DiscoverOptions {
  /** Which of its ports. @default http */
  readonly port?: string
  /** Absent: those that were claimed without one. */
  readonly environment?: string
  /** A worktree's, or a CI job's. Absent: those of none. */
  readonly scope?: string
  /** Where discovery is. @default RAMPART_DISCOVERY_URL; without it only variables are looked at */
  readonly from?: string
  /** @default process.env */
  readonly variables?: Readonly<Record<string, string | undefined>>
}

/** What is known of a service now. */
export interface DiscoveryState {
  /** Who told: discovery, the environment's variables, or nobody yet. */
  readonly source: 'discovery' | 'variables' | 'nobody'
  /** Why discovery does not answer now; then the last that it told is what is known. */
  readonly trouble?: unknown
}

const RETRY_MS = 100
const RETRY_MS_MAX = 5_000

/**
 * Begins to follow a service. Close it when it is not needed any more; it does not keep the process
 * alive by itself.
 *
 * @throws address-unusable when the environment's variable of that port is not one
 * @example
 * const api = discover('shop/api')
 * const { url } = await api.ready()
 */
export function discover(service: string, options: DiscoverOptions = {}): DiscoveredService {
  return new DiscoveredService(service, options)
}

/** A service that is followed. */
export class DiscoveredService {
  readonly #service: string
  readonly #options: DiscoverOptions
  readonly #listeners = new Set<() => void>()
  readonly #closing = new AbortController()
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  #endpoints: readonly DiscoveredEndpoint[]
  #state: DiscoveryState
  #turn = 0

  constructor(service: string, options: DiscoverOptions) {
    this.#service = service
    this.#options = options
    const { port = 'http', variables = process.env } = options
    const told = endpointOfVariables(service, port, variables)
    this.#endpoints = told === undefined ? [] : [told]
    this.#state = { source: told === undefined ? 'nobody' : 'variables' }
    const from = options.from ?? variables['RAMPART_DISCOVERY_URL']
    if (from !== undefined && from !== '') void this.#follow(from)
  }

  get state(): DiscoveryState {
    return this.#state
  }

  /** Everybody who is ready, as far as is known. */
  list(): readonly DiscoveredEndpoint[] {
    return this.#endpoints
  }

  /** One of them, in turns; undefined when there is nobody. */
  next(): DiscoveredEndpoint | undefined {
    this.#turn += 1
    return this.#endpoints[this.#turn % Math.max(this.#endpoints.length, 1)]
  }

  /**
   * One of them, as soon as there is one.
   *
   * @throws service-unknown when there is nobody for that long
   */
  ready(withinMs = 30_000): Promise<DiscoveredEndpoint> {
    const { promise, resolve, reject } = Promise.withResolvers<DiscoveredEndpoint>()
    const look = (): void => {
      const one = this.next()
      if (one === undefined) return
      end()
      resolve(one)
    }
    const stop = this.onChanged(look)
    const timer = setTimeout(() => {
      end()
      reject(this.#nobody(withinMs))
    }, withinMs)
    const end = (): void => {
      clearTimeout(timer)
      stop()
    }
    look()
    return promise
  }

  /** Called after every change. @returns stops telling; idempotent */
  onChanged(listener: () => void): () => void {
    const entry = (): void => listener()
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  /** Follows no longer; what is known stays. Idempotent. */
  close(): void {
    this.#closing.abort()
    this.#agent.destroy()
  }

  /** Never rejects: what goes wrong is told by `state`, and tried again. */
  async #follow(from: string): Promise<void> {
    const { port = 'http', scope, environment } = this.#options
    const { signal } = this.#closing
    let index = 0
    let retryMs = RETRY_MS
    while (!signal.aborted) {
      try {
        const answer = await askDiscovery({
          ...{ from, service: this.#service, port, index, agent: this.#agent, signal },
          ...(scope === undefined ? {} : { scope }),
          ...(environment === undefined ? {} : { environment }),
        })
        index = answer.index
        retryMs = RETRY_MS
        this.#learn(answer.endpoints)
      } catch (trouble) {
        if (signal.aborted) return
        this.#state = { source: this.#state.source, trouble }
        // Whoever answers next may count from another beginning.
        index = 0
        // Closing ends the pause as well, and then the loop.
        await pause(retryMs, undefined, { ref: false, signal }).catch(() => undefined)
        retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)
      }
    }
  }

  #learn(endpoints: readonly DiscoveredEndpoint[]): void {
    const isSame = JSON.stringify(endpoints) === JSON.stringify(this.#endpoints)
    this.#state = { source: 'discovery' }
    this.#endpoints = endpoints
    if (isSame) return
    for (const listener of [...this.#listeners]) tell(listener)
  }

  #nobody(withinMs: number): Fault {
    const { port = 'http' } = this.#options
    const { source, trouble } = this.#state
    const why = trouble instanceof Error ? `; discovery does not answer: ${trouble.message}` : ''
    const how = source === 'nobody' && why === '' ? '; set RAMPART_DISCOVERY_URL' : ''
    return new Fault({
      code: 'service-unknown',
      operation: 'discover',
      subject: `${this.#service} ${port}`,
      hint: `Nobody was ready within ${withinMs / 1_000} s${why || how}.`,
      cause: trouble,
    })
  }
}

/** What a listener throws is its own: no trouble of discovery's, and nothing to keep from the others. */
function tell(listener: () => void): void {
  try {
    listener()
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown
    })
  }
}
