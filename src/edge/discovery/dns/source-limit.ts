/**
 * How much one network may ask by UDP in a second, so that this server is of no use to anybody who
 * writes somebody else's address on their questions. This machine itself is not limited.
 */
import type { Clock } from '../../../seams/clock.ts'

const WINDOW_MS = 1_000
const NETWORKS_MAX = 4_096

/** Counts questions by network: 24 bits of IPv4, 56 of IPv6. */
export class SourceLimit {
  readonly #clock: Clock
  readonly #most: number
  readonly #counts = new Map<string, number>()
  #windowMs = 0

  constructor(clock: Clock, most: number) {
    this.#clock = clock
    this.#most = most
  }

  /** Counts one question, and says whether it is one too many. */
  isOver(address: string): boolean {
    if (isLoopback(address)) return false
    const nowMs = this.#clock.nowMs()
    if (nowMs - this.#windowMs >= WINDOW_MS || nowMs < this.#windowMs) {
      this.#counts.clear()
      this.#windowMs = nowMs
    }
    const network = networkOf(address)
    // Where questions come from everywhere at once, everybody is asked to come by TCP.
    if (!this.#counts.has(network) && this.#counts.size >= NETWORKS_MAX) return true
    const count = (this.#counts.get(network) ?? 0) + 1
    this.#counts.set(network, count)
    return count > this.#most
  }
}

/** Whether an address is of this machine alone. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}

function networkOf(address: string): string {
  return address.includes(':')
    ? address.split(':').slice(0, 4).join(':')
    : address.split('.').slice(0, 3).join('.')
}
