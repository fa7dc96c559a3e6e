/**
 * What is under way at those who serve no more, and whether the time is over that they have for it. A
 * daemon that comes later counts the time that they stay anew; it never takes any from them.
 */
import { isFault } from '../../core/fault/fault.ts'
import type { Underway } from '../../core/port/parting.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import type { Clock } from '../../seams/clock.ts'
import type { RoutedBackend } from '../../seams/data-plane.ts'
import { frontName, isStartOf, type KnownFront } from './known-front.ts'

/** Looks at those who serve no more, and remembers since when nothing is under way where. */
export class IdleSince {
  readonly #clock: Clock
  readonly #sinceMs = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * What is under way behind a front, but at those leases that are spared. Of a proxy that does not answer
   * nothing can be told, and the time goes on.
   */
  async at(
    front: KnownFront,
    leases: readonly PortLease[],
    spared: ReadonlySet<string | undefined>,
  ): Promise<readonly Underway[]> {
    const starts = leases.filter((lease) => isStartOf(front, lease) && !spared.has(lease.id))
    try {
      const backends = await front.plane.backends(frontName(front))
      const others = backends.filter(({ id }) => !spared.has(id))
      return await Promise.all(others.map((backend) => this.#ask(front, backend, starts)))
    } catch (error) {
      const draining = starts.filter(({ state }) => state === 'draining')
      if (!isFault(error, 'data-plane-failed') || draining.length === 0) throw error
      return draining.map((lease) => this.#look(lease, undefined))
    }
  }

  /** Forgets all but these. */
  keep(leases: readonly PortLease[]): void {
    const draining = new Set(leases.flatMap(({ id, state }) => (state === 'draining' ? [id] : [])))
    for (const id of this.#sinceMs.keys()) if (!draining.has(id)) this.#sinceMs.delete(id)
  }

  async #ask(
    front: KnownFront,
    backend: RoutedBackend,
    starts: readonly PortLease[],
  ): Promise<Underway> {
    const lease = starts.find(({ id }) => id === backend.id)
    return this.#look(lease, await front.plane.inFlight(frontName(front), backend))
  }

  #look(lease: PortLease | undefined, count: number | undefined): Underway {
    if (lease?.parting === undefined) return { count, stayMs: 0 }
    const { id, parting, changedAtMs } = lease
    const nowMs = this.#clock.nowMs()
    if (count === 0 && !this.#sinceMs.has(id)) this.#sinceMs.set(id, nowMs)
    const sinceMs = this.#sinceMs.get(id)
    const staysUntilMs = sinceMs === undefined ? 0 : sinceMs + parting.lingerMs
    const isOver = nowMs >= Math.max(changedAtMs + parting.drainMs, staysUntilMs)
    const over = count !== 0 && isOver ? { over: parting } : {}
    return { count, stayMs: Math.max(0, staysUntilMs - nowMs), ...over }
  }
}

/** All of them together: over once it is for each where something is under way. */
export function together(all: readonly Underway[]): Underway {
  const counts = all.map(({ count }) => count)
  const busy = all.filter(({ count }) => count !== 0)
  const stayMs = Math.max(0, ...all.map((one) => one.stayMs))
  const [over] = busy.flatMap((one) => one.over ?? [])
  const isOver = over !== undefined && stayMs === 0 && busy.every((one) => one.over !== undefined)
  const isTold = counts.every((count) => count !== undefined)
  const count = isTold ? counts.reduce((sum, one) => sum + one, 0) : undefined
  return { count, stayMs, ...(isOver ? { over } : {}) }
}
