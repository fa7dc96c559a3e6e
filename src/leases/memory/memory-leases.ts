/**
 * Leases in memory: one table, shared by as many replicas as a test or a simulation has. Deterministic;
 * the table's clock decides what has expired, as the database's does for real replicas.
 */
import { Fault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Lease, Leases } from '../../seams/leases.ts'

interface Life {
  readonly owner: string
  /** @unit ms since 1970 */
  expiresAtMs: number
}

interface Held extends Lease {
  readonly life: number
}

/** Who lives and who holds what; survives those who hold it. */
export class MemoryLeaseTable {
  readonly #clock: Clock
  /** Those that are not over. */
  readonly #lives = new Map<number, Life>()
  readonly #held = new Map<string, Held>()
  /** The last token of every subject, kept when its lease is not. */
  readonly #tokens = new Map<string, number>()
  #lastLife = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether no later lease of the subject was given out, which is what an append needs. */
  isLatest({ subject, token }: Pick<Lease, 'subject' | 'token'>): boolean {
    return this.#tokens.get(subject) === token
  }

  /** The lease of a subject, unless it has expired. */
  holder(subject: string): Lease | undefined {
    const held = this.#held.get(subject)
    return held !== undefined && this.#isAlive(held.life) ? leaseOf(held) : undefined
  }

  /** Every lease that has not expired. */
  holders(): readonly Lease[] {
    return [...this.#held.values()].filter(({ life }) => this.#isAlive(life)).map(leaseOf)
  }

  /** Begins a life; the number by which everything is done in it. */
  begin(owner: string, lifetimeMs: number): number {
    this.#lastLife += 1
    this.#lives.set(this.#lastLife, { owner, expiresAtMs: this.#clock.nowMs() + lifetimeMs })
    return this.#lastLife
  }

  /** Whether the life lasts on; it does not once it has expired. */
  renew(number: number, lifetimeMs: number): boolean {
    const life = this.#lives.get(number)
    if (life === undefined || !this.#isAlive(number)) return false
    life.expiresAtMs = this.#clock.nowMs() + lifetimeMs
    return true
  }

  end(number: number): void {
    this.#lives.delete(number)
  }

  /** Ends whatever lives by a name, as if all of it had been found expired. */
  endLivesOf(owner: string): void {
    for (const [number, life] of this.#lives) if (life.owner === owner) this.#lives.delete(number)
  }

  take(subject: string, number: number): Lease | undefined {
    const life = this.#lives.get(number)
    if (life === undefined || !this.#isAlive(number)) return undefined
    const held = this.#held.get(subject)
    if (held !== undefined && this.#isAlive(held.life)) {
      return held.life === number ? leaseOf(held) : undefined
    }
    const token = (this.#tokens.get(subject) ?? 0) + 1
    this.#tokens.set(subject, token)
    this.#held.set(subject, { subject, owner: life.owner, token, life: number })
    return { subject, owner: life.owner, token }
  }

  release({ subject, owner, token }: Lease): void {
    const held = this.#held.get(subject)
    if (held?.token === token && held.owner === owner) this.#held.delete(subject)
  }

  #isAlive(number: number): boolean {
    const life = this.#lives.get(number)
    return life !== undefined && life.expiresAtMs > this.#clock.nowMs()
  }
}

function leaseOf({ subject, owner, token }: Lease): Lease {
  return { subject, owner, token }
}

/** Whose leases, and in which table. */
export interface MemoryLeasesOptions {
  readonly table: MemoryLeaseTable
  /** The replica. */
  readonly owner: string
  /** @unit ms @default 10000 */
  readonly lifetimeMs?: number
}

/** The leases of one replica. */
export class MemoryLeases implements Leases {
  readonly lifetimeMs: number
  readonly #table: MemoryLeaseTable
  readonly #owner: string
  #life = 0
  #isClosed = false

  constructor({ table, owner, lifetimeMs = 10_000 }: MemoryLeasesOptions) {
    this.#table = table
    this.#owner = owner
    this.lifetimeMs = lifetimeMs
  }

  async begin(): Promise<void> {
    this.#checkOpen()
    this.#table.end(this.#life)
    this.#life = this.#table.begin(this.#owner, this.lifetimeMs)
  }

  async renew(): Promise<boolean> {
    this.#checkOpen()
    return this.#table.renew(this.#life, this.lifetimeMs)
  }

  async take(subject: string): Promise<Lease | undefined> {
    this.#checkOpen()
    return this.#table.take(subject, this.#life)
  }

  async release(lease: Lease): Promise<void> {
    this.#checkOpen()
    if (lease.owner === this.#owner) this.#table.release(lease)
  }

  async end(): Promise<void> {
    this.#checkOpen()
    this.#table.end(this.#life)
  }

  async holder(subject: string): Promise<Lease | undefined> {
    this.#checkOpen()
    return this.#table.holder(subject)
  }

  async holders(): Promise<readonly Lease[]> {
    this.#checkOpen()
    return this.#table.holders()
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  #checkOpen(): void {
    if (!this.#isClosed) return
    throw new Fault({
      code: 'store-unavailable',
      operation: 'use the leases',
      subject: this.#owner,
      hint: 'They are closed.',
    })
  }
}
