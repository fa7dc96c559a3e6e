/**
 * What this engine may move, and for how long it can be sure of that. A lease counts from before it
 * was asked for, by a clock that never steps, so that a process that was stopped for longer than its
 * lease notices before it does anything. What is no longer sure is given up, never waited for.
 */
import { Fault } from '../core/fault/fault.ts'
import type { Clock, Timer } from '../seams/clock.ts'
import type { Lease, Leases } from '../seams/leases.ts'

/** The right to move one subject. */
export interface Right {
  readonly subject: string
  /** What appends carry; absent where there is only one writer. */
  readonly lease?: Lease
  /** Whether it surely is this engine's, at this very instant. Once it is not, it never is again. */
  isSure(): boolean
}

/** The right of an engine that is alone with its store. */
export function soleRight(subject: string): Right {
  return { subject, isSure: () => true }
}

/** The fault of whoever would act by a right that is not sure any more. */
export function fencedFault(subject: string): Fault {
  const hint = `Another replica may be moving ${subject} by now.`
  return new Fault({ code: 'ledger-fenced', operation: 'act by a lease', subject, hint })
}

/** So much of a lifetime is counted on: the store's clock may be a little faster. */
const COUNTED_SHARE = 0.9

/** What ownership needs. */
export interface OwnershipOptions {
  readonly leases: Leases
  readonly clock: Clock
  /** Whether nothing is to be done about a subject, so that its lease is better given back. */
  isIdle(subject: string): boolean
  /** Called at once when a right is not sure any more; what acts by it must stop. */
  onLost(right: Right): void
}

/** Holds leases and renews them. */
export class Ownership {
  readonly #options: OwnershipOptions
  readonly #held = new Map<string, Held>()
  readonly #taking = new Map<string, Promise<Right | undefined>>()
  readonly #releasing = new Map<string, Promise<void>>()
  #timer: Timer | undefined
  #isClosed = false

  constructor(options: OwnershipOptions) {
    this.#options = options
  }

  /** The right to a subject, if it is held and sure. */
  right(subject: string): Right | undefined {
    const held = this.#held.get(subject)
    return held?.isSure() === true ? held : undefined
  }

  /**
   * Takes a subject unless it is held already.
   *
   * @returns undefined while another replica holds it
   * @throws store-unavailable
   */
  take(subject: string): Promise<Right | undefined> {
    const held = this.#held.get(subject)
    if (held?.isSure() === true) return Promise.resolve(held)
    if (held !== undefined) this.lose(held)
    const taking =
      this.#taking.get(subject) ??
      this.#take(subject).finally(() => {
        this.#taking.delete(subject)
      })
    this.#taking.set(subject, taking)
    return taking
  }

  /** Gives up a right without giving it back: it is another's already. Idempotent. */
  lose(right: Right): void {
    const held = this.#held.get(right.subject)
    if (held === undefined || held !== right) return
    held.isLost = true
    this.#held.delete(held.subject)
    this.#options.onLost(held)
  }

  /** Gives a subject back, so that others need not wait for its lease to expire. */
  async release(subject: string): Promise<void> {
    const held = this.#held.get(subject)
    if (held === undefined) return
    held.isLost = true
    this.#held.delete(subject)
    // Whoever cannot be told finds out by himself when the lease expires.
    const releasing = this.#options.leases.release(held.lease).catch(() => undefined)
    this.#releasing.set(subject, releasing)
    await releasing
    if (this.#releasing.get(subject) === releasing) this.#releasing.delete(subject)
  }

  /** Gives everything back. What acts by it must have stopped. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await Promise.allSettled(this.#taking.values())
    await Promise.all([...this.#held.keys()].map((subject) => this.release(subject)))
  }

  async #take(subject: string): Promise<Right | undefined> {
    // A release that is still on its way would free what is taken now.
    await this.#releasing.get(subject)
    const { leases } = this.#options
    const beganMs = this.#elapsedMs()
    const lease = await leases.take(subject)
    if (lease === undefined) return undefined
    const held = new Held(lease, () => this.#elapsedMs())
    held.sureUntilMs = beganMs + this.#spanMs
    this.#held.set(subject, held)
    if (this.#isClosed) await this.release(subject)
    else this.#timer ??= this.#wake()
    return held.isSure() ? held : undefined
  }

  #wake(): Timer {
    const { clock, leases } = this.#options
    return clock.wakeAt(clock.nowMs() + leases.lifetimeMs / 3, () => this.#tend())
  }

  /** Gives up what is not sure, gives back what is not needed, and renews the rest. */
  #tend(): void {
    const nowMs = this.#elapsedMs()
    for (const [subject, held] of this.#held) {
      if (!held.isSureAt(nowMs)) this.lose(held)
      else if (this.#options.isIdle(subject)) void this.release(subject)
    }
    this.#timer = this.#held.size > 0 && !this.#isClosed ? this.#wake() : undefined
    // While the store is out of order leases go on counting down; nothing else can be done.
    if (this.#held.size > 0) this.#renew().catch(() => undefined)
  }

  async #renew(): Promise<void> {
    const sent = [...this.#held.values()]
    const beganMs = this.#elapsedMs()
    const renewed = await this.#options.leases.renew(sent.map(({ lease }) => lease))
    const tokens = new Map(renewed.map(({ subject, token }) => [subject, token]))
    for (const held of sent) {
      const isRenewed = tokens.get(held.subject) === held.lease.token
      if (isRenewed) held.sureUntilMs = Math.max(held.sureUntilMs, beganMs + this.#spanMs)
      else this.lose(held)
    }
  }

  #elapsedMs(): number {
    const { clock } = this.#options
    return clock.elapsedMs?.() ?? clock.nowMs()
  }

  get #spanMs(): number {
    return this.#options.leases.lifetimeMs * COUNTED_SHARE
  }
}

class Held implements Right {
  readonly lease: Lease
  readonly #elapsedMs: () => number
  sureUntilMs = 0
  isLost = false

  constructor(lease: Lease, elapsedMs: () => number) {
    this.lease = lease
    this.#elapsedMs = elapsedMs
  }

  get subject(): string {
    return this.lease.subject
  }

  isSure(): boolean {
    return this.isSureAt(this.#elapsedMs())
  }

  /** As of an instant that is now. */
  isSureAt(nowMs: number): boolean {
    if (nowMs >= this.sureUntilMs) this.isLost = true
    return !this.isLost
  }
}
