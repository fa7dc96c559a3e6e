/**
 * Lets whoever is not known yet be looked up a few at a time, so that somebody who guesses tokens by
 * the thousand takes neither the store from those who are known nor the turn from other strangers.
 * It only says when somebody is looked up, never who they are: that is asked anew with every request.
 */
import { Fault, isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import { type FailureLimit, networkOf } from './failure-limit.ts'
import { hashOfSecret } from './secret.ts'

/** How many strangers are looked up at once. */
export const STRANGERS_MAX = 2
/** How many more may wait for their turn. */
export const WAITING_MAX = 200
/** How many of those that were known are remembered. */
const KNOWN_MAX = 10_000
/** For how long. @unit ms */
const KNOWN_MS = 15 * 60_000

/** What somebody comes with, and from where. */
export interface Coming {
  /** Only its hash is kept, and only once it was worth something. */
  readonly secret: string
  readonly address: string
}

/** Gives strangers their turn. */
export class Turnstile {
  readonly #clock: Clock
  readonly #failures: FailureLimit
  /** Until when, by hash; those that were used longest ago come first. */
  readonly #known = new Map<string, number>()
  readonly #waiting: (() => void)[] = []
  /** Networks that failed too often, and are being looked up all the same. */
  readonly #tried = new Set<string>()
  #inside = 0

  constructor(parts: { readonly clock: Clock; readonly failures: FailureLimit }) {
    this.#clock = parts.clock
    this.#failures = parts.failures
  }

  /**
   * Looks somebody up: at once when they were known lately, else in their turn.
   *
   * @param look throws when they are not known
   * @throws too-many-requests when too many strangers wait, or this address has failed too often and
   * is being looked up already
   */
  async pass<Value>({ secret, address }: Coming, look: () => Promise<Value>): Promise<Value> {
    const key = hashOfSecret(secret)
    const isKnown = (this.#known.get(key) ?? 0) > this.#clock.nowMs()
    try {
      const value = isKnown ? await look() : await this.#inTurn(networkOf(address), look)
      this.#remember(key)
      return value
    } catch (error) {
      // While the store is away nobody becomes a stranger; whose token was revoked does.
      if (!isFault(error, 'store-unavailable')) this.#known.delete(key)
      throw error
    }
  }

  async #inTurn<Value>(network: string, look: () => Promise<Value>): Promise<Value> {
    const isSuspect = this.#failures.waitMs(network) > 0
    if (isSuspect && this.#tried.has(network)) throw tooMany('from this address failed before')
    if (isSuspect) this.#tried.add(network)
    try {
      await this.#enter()
      try {
        return await look()
      } finally {
        this.#leave()
      }
    } finally {
      if (isSuspect) this.#tried.delete(network)
    }
  }

  async #enter(): Promise<void> {
    if (this.#inside < STRANGERS_MAX) {
      this.#inside += 1
      return
    }
    if (this.#waiting.length >= WAITING_MAX) throw tooMany('whom the server does not know ask now')
    // Whoever leaves hands their place over, so nobody comes in between.
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#inside -= 1
    else next()
  }

  #remember(key: string): void {
    this.#known.delete(key)
    this.#known.set(key, this.#clock.nowMs() + KNOWN_MS)
    const [oldest] = this.#known.keys()
    if (this.#known.size > KNOWN_MAX && oldest !== undefined) this.#known.delete(oldest)
  }
}

function tooMany(why: string): Fault {
  return new Fault({
    code: 'too-many-requests',
    operation: 'ask the server',
    subject: 'you',
    hint: `Too many ${why}; try again in a few seconds.`,
  })
}
