/**
 * How much one network may ask by UDP in a second, so that this server is of no use to anybody who
 * writes somebody else's address on their questions. This machine itself is not limited.
 */
import { isLoopback } from '../../../core/port/port-claim.ts'
import type { Clock } from '../../../seams/clock.ts'
import { printAddress } from './ip-bytes.ts'

const WINDOW_MS = 1_000
const NETWORKS_MAX = 4_096

/** What stands before an address of IPv4 that came to a socket of IPv6. */
const MAPPED = Buffer.from('00000000000000000000ffff', 'hex')

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

/** By its bytes: as text, `2001:db8::1` and `2001:db8::2` do not even begin with the same network. */
function networkOf(address: string): string {
  const bytes = printAddress(address.replace(/%.*$/, ''))
  const [isMapped, length] = [bytes?.subarray(0, 12).equals(MAPPED), bytes?.length]
  if (isMapped) return String(bytes?.toString('hex', 12, 15))
  return bytes?.toString('hex', 0, length === 4 ? 3 : 7) ?? ''
}
