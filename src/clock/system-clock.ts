/**
 * The clock of this machine. It reads the wall clock once, when it is made, and from then on adds what
 * the monotonic clock has measured: a corrected or tampered wall clock moves no deadline, and neither
 * does a machine that slept. The price: after such a correction its instants differ from the wall's
 * until the process is started again.
 */
import { performance } from 'node:perf_hooks'
import type { Clock, Timer } from '../seams/clock.ts'

/** The longest that one timer of Node may run. @unit ms */
const LONGEST_MS = 2 ** 31 - 1

interface Waiting {
  readonly atMs: number
  readonly order: number
  readonly callback: () => void
}

/** Tells the time of this machine and wakes; late by about a millisecond at most. */
export class SystemClock implements Clock {
  readonly #beginMs = Date.now() - performance.now()
  /** By instant, then by the order in which they were set. */
  readonly #waiting: Waiting[] = []
  #order = 0
  #armed: { readonly atMs: number; readonly cancel: () => void } | undefined

  nowMs(): number {
    return Math.floor(this.#exactMs())
  }

  elapsedMs(): number {
    return performance.now()
  }

  wakeAt(atMs: number, callback: () => void): Timer {
    this.#order += 1
    const waiting: Waiting = { atMs, order: this.#order, callback }
    this.#waiting.splice(this.#placeFor(waiting), 0, waiting)
    this.#arm()
    return { cancel: () => this.#cancel(waiting) }
  }

  #exactMs(): number {
    return this.#beginMs + performance.now()
  }

  /** Where it belongs in the line, found by halving. */
  #placeFor(waiting: Waiting): number {
    let low = 0
    let high = this.#waiting.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#waiting[middle]
      if (other !== undefined && isBefore(other, waiting)) low = middle + 1
      else high = middle
    }
    return low
  }

  #cancel(waiting: Waiting): void {
    const place = this.#placeFor(waiting)
    if (this.#waiting[place] !== waiting) return
    this.#waiting.splice(place, 1)
    this.#arm()
  }

  /** Sets one timer of Node, for the first in line. */
  #arm(): void {
    const first = this.#waiting[0]
    if (this.#armed?.atMs === first?.atMs) return
    this.#armed?.cancel()
    this.#armed = first && { atMs: first.atMs, cancel: this.#wakeFor(first.atMs) }
  }

  #wakeFor(atMs: number): () => void {
    const pauseMs = atMs - this.#exactMs()
    if (pauseMs <= 0) {
      const immediate = setImmediate(() => this.#wake())
      return () => clearImmediate(immediate)
    }
    const timeout = setTimeout(() => this.#wake(), Math.min(Math.ceil(pauseMs), LONGEST_MS))
    return () => clearTimeout(timeout)
  }

  #wake(): void {
    this.#armed = undefined
    const nowMs = this.#exactMs()
    // What callbacks set meanwhile is woken later, so that a callback cannot starve the event loop.
    const last = this.#order
    try {
      for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
        if (first.atMs > nowMs || first.order > last) break
        this.#waiting.shift()
        first.callback()
      }
    } finally {
      this.#arm()
    }
  }
}

function isBefore(one: Waiting, other: Waiting): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
}
