/**
 * Leases in memory: one table, shared by as many replicas as a test or a simulation has. Deterministic;
 * the table's clock decides what has expired, as the database's does for real replicas.
 */
import { Fault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Lease, Leases } from '../../seams/leases.ts'

interface Held extends Lease {
  /** @unit ms since 1970 */
  readonly expiresAtMs: number
}

/** Who holds what; survives those who hold it. */
export class MemoryLeaseTable {
  readonly #clock: Clock
  readonly #held = new Map<string, Held>()
  /** The last token of every subject, kept when its lease is not. */
  readonly #tokens = new Map<string, number>()

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
    return held === undefined || held.expiresAtMs <= this.#clock.nowMs() ? undefined : leaseOf(held)
  }

  /** Every lease that has not expired. */
  holders(): readonly Lease[] {
    const nowMs = this.#clock.nowMs()
    return [...this.#held.values()].filter(({ expiresAtMs }) => expiresAtMs > nowMs).map(leaseOf)
  }

  take(subject: string, owner: string, lifetimeMs: number): Lease | undefined {
    const holder = this.holder(subject)
    if (holder !== undefined && holder.owner !== owner) return undefined
    const token = holder?.token ?? (this.#tokens.get(subject) ?? 0) + 1
    this.#tokens.set(subject, token)
    return this.#hold({ subject, owner, token }, lifetimeMs)
  }

  /** Undefined when the lease is lost. One that has expired and nobody else took is as good as held. */
  renew(lease: Lease, lifetimeMs: number): Lease | undefined {
    return this.#isHeldBy(lease) ? this.#hold(lease, lifetimeMs) : undefined
  }

  release(lease: Lease): void {
    if (this.#isHeldBy(lease)) this.#held.delete(lease.subject)
  }

  #isHeldBy({ subject, owner, token }: Lease): boolean {
    const held = this.#held.get(subject)
    return held?.token === token && held.owner === owner
  }

  #hold(lease: Lease, lifetimeMs: number): Lease {
    const held = { ...leaseOf(lease), expiresAtMs: this.#clock.nowMs() + lifetimeMs }
    this.#held.set(lease.subject, held)
    return leaseOf(held)
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
  #isClosed = false

  constructor({ table, owner, lifetimeMs = 10_000 }: MemoryLeasesOptions) {
    this.#table = table
    this.#owner = owner
    this.lifetimeMs = lifetimeMs
  }

  async take(subject: string): Promise<Lease | undefined> {
    this.#checkOpen()
    return this.#table.take(subject, this.#owner, this.lifetimeMs)
  }

  async renew(leases: readonly Lease[]): Promise<readonly Lease[]> {
    this.#checkOpen()
    return leases.flatMap((lease) => {
      const renewed = lease.owner === this.#owner && this.#table.renew(lease, this.lifetimeMs)
      return renewed ? [renewed] : []
    })
  }

  async release(lease: Lease): Promise<void> {
    this.#checkOpen()
    this.#table.release(lease)
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
