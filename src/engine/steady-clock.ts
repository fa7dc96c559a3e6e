/**
 * A clock that never goes back. When the clock below steps back (a machine's clock corrected, an
 * engine restarted after one), time goes on from the latest instant seen, at the same pace.
 */
import type { Clock, Timer } from '../seams/clock.ts'

/** Time for one ramp or one engine: as the clock below, but never backwards. */
export class SteadyClock implements Clock {
  readonly #clock: Clock
  #aheadMs = 0
  #latestMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#latestMs = clock.nowMs()
  }

  /** Goes on from no earlier than an instant that is known to have been. */
  catchUp(ms: number): void {
    this.#latestMs = Math.max(this.#latestMs, ms)
    this.nowMs()
  }

  nowMs(): number {
    const belowMs = this.#clock.nowMs()
    if (belowMs + this.#aheadMs < this.#latestMs) this.#aheadMs = this.#latestMs - belowMs
    this.#latestMs = belowMs + this.#aheadMs
    return this.#latestMs
  }

  wakeAt(atMs: number, callback: () => void): Timer {
    const nowMs = this.nowMs()
    return this.#clock.wakeAt(this.#clock.nowMs() + Math.max(0, atMs - nowMs), callback)
  }
}
