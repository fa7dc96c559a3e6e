/**
 * How often an address may fail to say who it is. Whoever is known is let in all the same, so that one
 * careless neighbour behind the same proxy locks nobody out; who guesses learns nothing and waits.
 */
import type { Clock } from '../../seams/clock.ts'

/** How many failures a minute are answered. */
export const FAILURES_MAX = 20
/** @unit ms */
const WINDOW_MS = 60_000
/** How many addresses are remembered. */
const ADDRESSES_MAX = 10_000

interface Window {
  readonly sinceMs: number
  readonly failures: number
}

/** Counts failures by address. */
export class FailureLimit {
  readonly #clock: Clock
  readonly #windows = new Map<string, Window>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts one more failure. @returns how long to wait when there were too many; 0: go on. @unit ms */
  count(address: string): number {
    const key = networkOf(address)
    const nowMs = this.#clock.nowMs()
    const known = this.#windows.get(key)
    const isOver =
      known === undefined || nowMs - known.sinceMs >= WINDOW_MS || nowMs < known.sinceMs
    const window = isOver
      ? { sinceMs: nowMs, failures: 1 }
      : { sinceMs: known.sinceMs, failures: known.failures + 1 }
    this.#windows.delete(key)
    this.#windows.set(key, window)
    this.#forgetOldest()
    return window.failures > FAILURES_MAX ? window.sinceMs + WINDOW_MS - nowMs : 0
  }

  /** How long an address has to wait that failed too often; 0: it has not. @unit ms */
  waitMs(address: string): number {
    const window = this.#windows.get(networkOf(address))
    if (window === undefined || window.failures <= FAILURES_MAX) return 0
    const goneMs = this.#clock.nowMs() - window.sinceMs
    return goneMs < 0 ? 0 : Math.max(0, WINDOW_MS - goneMs)
  }

  /** Those that failed longest ago come first. */
  #forgetOldest(): void {
    const [oldest] = this.#windows.keys()
    if (this.#windows.size > ADDRESSES_MAX && oldest !== undefined) this.#windows.delete(oldest)
  }
}

/** The network that one person has: an address of version 4, or the first 64 bits of version 6. */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter((group) => group !== '')
  if (tail !== undefined) {
    const rest = tail.split(':').filter((group) => group !== '')
    while (groups.length + rest.length < 8) groups.push('0')
    groups.push(...rest)
  }
  return groups.slice(0, 4).join(':')
}
