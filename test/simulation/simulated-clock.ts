/**
 * A clock that stands still until it is stepped. A step goes to the next due time, never past it.
 * The wall time it tells can step back; timers, like those of a real machine, count what has really
 * gone by.
 */
import type { Clock, Timer } from '../../src/seams/clock.ts'

interface Waiting {
  readonly dueMs: number
  readonly order: number
  readonly callback: () => void
}

/** When simulated time begins. @unit ms since 1970 */
export const BEGINNING_MS = 1_700_000_000_000

/** Time that only moves when it is told to. */
export class SimulatedClock implements Clock {
  #goneMs = 0
  #wallOffsetMs: number = BEGINNING_MS
  #order = 0
  /** A heap, the next due first. */
  readonly #heap: Waiting[] = []
  readonly #waiting = new Set<Waiting>()

  nowMs(): number {
    return this.#wallOffsetMs + this.#goneMs
  }

  /** How much time has really gone by. @unit ms */
  get goneMs(): number {
    return this.#goneMs
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#waiting.size
  }

  elapsedMs(): number {
    return this.#goneMs
  }

  wakeAt(atMs: number, callback: () => void): Timer {
    const dueMs = this.#goneMs + Math.max(0, Math.ceil(atMs - this.nowMs()))
    const waiting = { dueMs, order: this.#order++, callback }
    this.#waiting.add(waiting)
    push(this.#heap, waiting)
    return { cancel: () => void this.#waiting.delete(waiting) }
  }

  /** When the next timer is due, in time gone by; undefined when none is set. @unit ms */
  nextDueMs(): number | undefined {
    while (this.#heap[0] !== undefined && !this.#waiting.has(this.#heap[0])) pop(this.#heap)
    return this.#heap[0]?.dueMs
  }

  /** Goes to the next due time and fires the one timer that is first there; false when none is set. */
  step(): boolean {
    if (this.nextDueMs() === undefined) return false
    const next = pop(this.#heap)
    if (next === undefined) return false
    this.#waiting.delete(next)
    this.#goneMs = Math.max(this.#goneMs, next.dueMs)
    next.callback()
    return true
  }

  /** Corrects the wall time backwards. */
  stepBack(ms: number): void {
    this.#wallOffsetMs -= ms
  }

  /** Resolves after so much time has gone by. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.wakeAt(this.nowMs() + ms, resolve))
  }
}

function isBefore(one: Waiting | undefined, other: Waiting | undefined): boolean {
  if (one === undefined || other === undefined) return other === undefined && one !== undefined
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order)
}

function push(heap: Waiting[], waiting: Waiting): void {
  heap.push(waiting)
  let at = heap.length - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    if (!isBefore(heap[at], heap[above])) return
    swap(heap, at, above)
    at = above
  }
}

function pop(heap: Waiting[]): Waiting | undefined {
  if (heap.length === 0) return undefined
  swap(heap, 0, heap.length - 1)
  const first = heap.pop()
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    const least = isBefore(heap[left + 1], heap[left]) ? left + 1 : left
    if (!isBefore(heap[least], heap[at])) return first
    swap(heap, at, least)
    at = least
  }
}

function swap(heap: Waiting[], one: number, other: number): void {
  const kept = heap[one] as Waiting
  heap[one] = heap[other] as Waiting
  heap[other] = kept
}
