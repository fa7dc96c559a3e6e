/**
 * The backends of one front: which one is next, what is under way at each, and who waits while none
 * can be reached. Nothing is ever taken from a backend that drains.
 */
import { performance } from 'node:perf_hooks'
import type { Backend, RoutedBackend } from '../../seams/data-plane.ts'
import { isSamePlace } from '../backend/check-backend.ts'
import { type BackendCounts, LATENCY_BOUNDS_MS } from './front.ts'

const RETRY_MS = 50

/** One backend, and what is under way there. */
export class PooledBackend {
  readonly backend: Backend
  state: RoutedBackend['state'] = 'routed'
  carried = 0
  unreachable = 0
  bytesIn = 0
  bytesOut = 0
  readonly latencies: number[] = [...LATENCY_BOUNDS_MS, 0].fill(0)
  /** Cuts off one thing that is under way, each. */
  readonly cuts: Set<() => void> = new Set()
  /** Called when it drains or goes. */
  onIdle: (() => void) | undefined
  inFlight = 0

  constructor(backend: Backend) {
    this.backend = backend
  }

  /** @returns ends it; idempotent */
  begin(cut: () => void): () => void {
    this.carried += 1
    this.cuts.add(cut)
    const startMs = performance.now()
    return () => {
      if (!this.cuts.delete(cut)) return
      const tookMs = performance.now() - startMs
      const place = LATENCY_BOUNDS_MS.findIndex((bound) => tookMs <= bound)
      const slot = place === -1 ? LATENCY_BOUNDS_MS.length : place
      this.latencies[slot] = (this.latencies[slot] ?? 0) + 1
    }
  }

  counts(): BackendCounts {
    const { backend, state, carried, unreachable, bytesIn, bytesOut, latencies, inFlight } = this
    return { ...backend, state, carried, unreachable, bytesIn, bytesOut, latencies, inFlight }
  }
}

/** How long, and how many, may wait for a backend. */
export interface WaitingLimits {
  readonly waitMs: number
  readonly waitingMax: number
}

/** All backends of one front. */
export class BackendPool {
  readonly #backends = new Map<string, PooledBackend>()
  #limits: WaitingLimits
  readonly #waiters = new Set<() => void>()
  #turn = 0
  #waiting = 0
  unserved = 0

  constructor(limits: WaitingLimits) {
    this.#limits = limits
  }

  /** From now on, for those who wait already too. */
  setLimits(limits: WaitingLimits): void {
    this.#limits = limits
    for (const wake of this.#waiters) wake()
  }

  get waiting(): number {
    return this.#waiting
  }

  list(): readonly PooledBackend[] {
    return [...this.#backends.values()]
  }

  find(id: string): PooledBackend | undefined {
    return this.#backends.get(id)
  }

  route(backend: Backend): void {
    const known = this.#backends.get(backend.id)
    if (known !== undefined && isSamePlace(known.backend, backend)) known.state = 'routed'
    else {
      if (known !== undefined) this.remove(backend.id)
      this.#backends.set(backend.id, new PooledBackend(backend))
    }
    for (const wake of this.#waiters) wake()
  }

  drain(backend: Backend): void {
    const known = this.#backends.get(backend.id)
    if (known === undefined) return
    known.state = 'draining'
    known.onIdle?.()
  }

  remove(id: string): void {
    const known = this.#backends.get(id)
    if (known === undefined) return
    this.#backends.delete(id)
    known.state = 'draining'
    for (const cut of [...known.cuts]) cut()
    known.onIdle?.()
  }

  /**
   * Tries backends, the least busy first, until one can be reached. An attempt may only fail as long as
   * nothing of the client has been sent; then it is safe to try the next.
   *
   * @returns undefined when none was reached in time; else one thing more is in flight there
   */
  async reach<Value>(
    attempt: (backend: PooledBackend) => Promise<Value>,
    isGone: () => boolean,
  ): Promise<{ readonly backend: PooledBackend; readonly value: Value } | undefined> {
    const startMs = performance.now()
    let isWaiting = false
    try {
      for (;;) {
        const reached = await this.#reachNow(attempt, isGone)
        if (reached !== undefined || isGone()) return reached
        const leftMs = startMs + this.#limits.waitMs - performance.now()
        if (leftMs <= 0) break
        if (!isWaiting) {
          if (this.#waiting >= this.#limits.waitingMax) break
          isWaiting = true
          this.#waiting += 1
        }
        await this.#changed(Math.min(RETRY_MS, leftMs))
      }
    } finally {
      if (isWaiting) this.#waiting -= 1
    }
    this.unserved += 1
    return undefined
  }

  async #reachNow<Value>(
    attempt: (backend: PooledBackend) => Promise<Value>,
    isGone: () => boolean,
  ): Promise<{ readonly backend: PooledBackend; readonly value: Value } | undefined> {
    const tried = new Set<PooledBackend>()
    for (;;) {
      const backend = this.#choose(tried)
      if (backend === undefined || isGone()) return undefined
      tried.add(backend)
      backend.inFlight += 1
      try {
        return { backend, value: await attempt(backend) }
      } catch {
        // Nothing was sent: that it is not there is counted, and another one is asked.
        backend.inFlight -= 1
        backend.unreachable += 1
      }
    }
  }

  #choose(tried: ReadonlySet<PooledBackend>): PooledBackend | undefined {
    const fit = [...this.#backends.values()].filter(
      (backend) => backend.state === 'routed' && !tried.has(backend),
    )
    if (fit.length === 0) return undefined
    this.#turn = (this.#turn + 1) % fit.length
    const rotated = [...fit.slice(this.#turn), ...fit.slice(0, this.#turn)]
    return rotated.reduce((one, other) => (other.inFlight < one.inFlight ? other : one))
  }

  #changed(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.#waiters.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, withinMs)
      this.#waiters.add(wake)
    })
  }
}
