/**
 * What this engine may move, and for how long it can be sure of that. A lease counts from before it
 * was asked for, by a clock that never steps, so that a process that was stopped for longer than its
 * lease notices before it does anything. What is no longer sure is given up, never waited for.
 */
import { Fault, isPassing } from '../core/fault/fault.ts'
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
  /** Told of what leases throw that does not pass by itself, as an outage of the store does. */
  onTrouble(error: unknown): void
}

/** Holds leases, and renews the one life in which all of them were taken. */
export class Ownership {
  readonly #options: OwnershipOptions
  readonly #held = new Map<string, Held>()
  readonly #taking = new Map<string, Promise<Right | undefined>>()
  readonly #releasing = new Map<string, Promise<void>>()
  /** Subjects of which the store may believe that they are held here, although they are not. */
  readonly #doubtful = new Set<string>()
  /** Renewed for as long as there is a timer. */
  #life: Life | undefined
  #beginning: Promise<Life> | undefined
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

  /** Gives up a right: it is another's already. Idempotent. */
  lose(right: Right): void {
    const held = this.#drop(right)
    if (held === undefined) return
    // What is another's is not given back by this; what is not would be held for ever.
    this.#doubtful.add(held.subject)
    this.#options.onLost(held)
  }

  /**
   * Gives a right back, so that others need not wait until this replica is gone. Does nothing once
   * another right to the same subject is held.
   */
  async release(right: Right): Promise<void> {
    const held = this.#drop(right)
    if (held === undefined) return
    await this.#givingBack(held.subject, () => this.#options.leases.release(held.lease))
  }

  /** Gives everything back. What acts by it must have stopped. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await Promise.allSettled(this.#taking.values())
    await Promise.all(this.#releasing.values())
    for (const held of this.#held.values()) held.isLost = true
    this.#held.clear()
    const life = this.#life
    this.#life = undefined
    // Where the store cannot be told, the life expires by itself.
    if (life !== undefined) await this.#options.leases.end().catch((error) => this.#endure(error))
  }

  /** Holds a right no more; undefined when it is not held, though another one to its subject may be. */
  #drop(right: Right): Held | undefined {
    const held = this.#held.get(right.subject)
    if (held === undefined || held !== right) return undefined
    held.isLost = true
    this.#held.delete(held.subject)
    return held
  }

  async #take(subject: string): Promise<Right | undefined> {
    // A release that is still on its way would free what is taken now.
    await this.#releasing.get(subject)
    if (this.#life?.isSure() === false) this.#loseAll(this.#life)
    const life = this.#life ?? (await this.#begin())
    const lease = await this.#ask(subject, life)
    if (lease === undefined) return undefined
    const held = new Held(lease, life)
    this.#held.set(subject, held)
    if (this.#isClosed) await this.release(held)
    return held.isSure() ? held : undefined
  }

  /** Takes a lease of which it is known in which life; any other is looked after as in doubt. */
  async #ask(subject: string, life: Life): Promise<Lease | undefined> {
    try {
      const lease = await this.#options.leases.take(subject)
      if (life === this.#life || lease === undefined) return lease
    } catch (error) {
      this.#doubtful.add(subject)
      throw error
    }
    this.#doubtful.add(subject)
    return undefined
  }

  /** Begins a life, once for all who need one at the same time. */
  #begin(): Promise<Life> {
    this.#beginning ??= this.#beginNew().finally(() => {
      this.#beginning = undefined
    })
    return this.#beginning
  }

  async #beginNew(): Promise<Life> {
    const beganMs = this.#elapsedMs()
    await this.#options.leases.begin()
    const life = new Life(beganMs + this.#spanMs, () => this.#elapsedMs())
    this.#life = life
    if (!this.#isClosed) this.#timer ??= this.#wake()
    return life
  }

  #wake(): Timer {
    const { clock, leases } = this.#options
    return clock.wakeAt(clock.nowMs() + leases.lifetimeMs / 3, () => this.#tend())
  }

  /** Gives up what is not sure, gives back what is not needed, and renews the life of the rest. */
  #tend(): void {
    const life = this.#life
    if (life?.isSureAt(this.#elapsedMs()) === false) this.#loseAll(life)
    for (const held of this.#held.values()) {
      if (this.#options.isIdle(held.subject)) void this.release(held)
    }
    for (const subject of this.#doubtful) this.#settle(subject)
    const isNeeded =
      this.#held.size + this.#doubtful.size + this.#taking.size + this.#releasing.size > 0
    if (!isNeeded) this.#life = undefined
    this.#timer = this.#life !== undefined && !this.#isClosed ? this.#wake() : undefined
    // While the store is out of order the life goes on counting down; nothing else can be done.
    if (this.#life !== undefined) this.#renew(this.#life).catch((error) => this.#endure(error))
  }

  async #renew(life: Life): Promise<void> {
    const beganMs = this.#elapsedMs()
    const isRenewed = await this.#options.leases.renew()
    if (isRenewed) life.sureUntilMs = Math.max(life.sureUntilMs, beganMs + this.#spanMs)
    else this.#loseAll(life)
  }

  /** Gives up whatever was taken in a life that is not sure any more; it is never renewed again. */
  #loseAll(life: Life): void {
    life.isOver = true
    if (life !== this.#life) return
    this.#life = undefined
    for (const held of [...this.#held.values()]) this.lose(held)
    // Of a life that is over nothing is believed to be held.
    this.#doubtful.clear()
  }

  /** Finds out by taking what may be held without our knowledge, and gives it back. */
  #settle(subject: string): void {
    if (this.#taking.has(subject) || this.#releasing.has(subject)) return
    const { leases } = this.#options
    if (this.#held.has(subject)) {
      this.#doubtful.delete(subject)
      return
    }
    void this.#givingBack(subject, async () => {
      const lease = await leases.take(subject)
      if (lease !== undefined) await leases.release(lease)
    })
  }

  async #givingBack(subject: string, giveBack: () => Promise<void>): Promise<void> {
    const giving = giveBack().then(
      () => void this.#doubtful.delete(subject),
      (error: unknown) => {
        this.#doubtful.add(subject)
        this.#endure(error)
      },
    )
    this.#releasing.set(subject, giving)
    try {
      await giving
    } finally {
      if (this.#releasing.get(subject) === giving) this.#releasing.delete(subject)
    }
  }

  /** What passes by itself is looked after already; of anything else somebody must hear. */
  #endure(error: unknown): void {
    if (!isPassing(error)) this.#options.onTrouble(error)
  }

  #elapsedMs(): number {
    const { clock } = this.#options
    return clock.elapsedMs?.() ?? clock.nowMs()
  }

  get #spanMs(): number {
    return this.#options.leases.lifetimeMs * COUNTED_SHARE
  }
}

/** For how long everything that was taken in one life is sure. */
class Life {
  readonly #elapsedMs: () => number
  sureUntilMs: number
  isOver = false

  constructor(sureUntilMs: number, elapsedMs: () => number) {
    this.sureUntilMs = sureUntilMs
    this.#elapsedMs = elapsedMs
  }

  isSure(): boolean {
    return this.isSureAt(this.#elapsedMs())
  }

  /** As of an instant that is now. */
  isSureAt(nowMs: number): boolean {
    if (nowMs >= this.sureUntilMs) this.isOver = true
    return !this.isOver
  }
}

class Held implements Right {
  readonly lease: Lease
  readonly #life: Life
  isLost = false

  constructor(lease: Lease, life: Life) {
    this.lease = lease
    this.#life = life
  }

  get subject(): string {
    return this.lease.subject
  }

  isSure(): boolean {
    return !this.isLost && this.#life.isSure()
  }
}
