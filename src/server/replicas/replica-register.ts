/**
 * The processes that serve from one database: each says in the records that it is there, for as long
 * as it is. Nothing is decided by this; who owns what is decided by leases alone.
 */
import { isFault } from '../../core/fault/fault.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import type { Leases } from '../../seams/leases.ts'
import type { Records } from '../../seams/records.ts'
import type { ReplicaView } from '../wire/agents.ts'

const COLLECTION = 'replicas'

/** How often a replica says that it is there, and how long that is believed. @unit ms */
const SAY_MS = 5_000
const BELIEVED_MS = 15_000

/** Who a replica is. */
export interface ReplicaIdentity {
  /** The owner of its leases: unique to this process. */
  readonly owner: string
  readonly version: string
  readonly startedAtMs: number
}

/** What a register is made of. */
export interface ReplicaRegisterOptions {
  readonly records: Records
  readonly leases: Leases
  readonly clock: Clock
  readonly me: ReplicaIdentity
  /** Told of what goes wrong; it is tried again. */
  onTrouble(error: unknown): void
}

/** Knows the replicas. */
export class ReplicaRegister {
  readonly #options: ReplicaRegisterOptions
  #timer: Timer | undefined
  #isClosed = false

  constructor(options: ReplicaRegisterOptions) {
    this.#options = options
    void this.#say()
  }

  /** Every replica that was there a moment ago, with how much it owns. @throws store-unavailable */
  async list(): Promise<readonly ReplicaView[]> {
    const { records, leases } = this.#options
    const [kept, held] = await Promise.all([records.list(COLLECTION), leases.holders()])
    return kept.map(({ key, value, updatedAtMs }) => ({
      name: key,
      version: String(value['version']),
      startedAtMs: Number(value['startedAtMs']),
      lastSeenAtMs: updatedAtMs,
      leases: held.filter(({ owner }) => owner === key).length,
    }))
  }

  /** Says that it is not there any more. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#write(() => this.#options.records.remove(COLLECTION, this.#options.me.owner))
  }

  async #say(): Promise<void> {
    const { records, clock, me } = this.#options
    const { owner: key, ...value } = me
    const expiresAtMs = clock.nowMs() + BELIEVED_MS
    await this.#write(() => records.put({ collection: COLLECTION, key, value, expiresAtMs }))
    if (this.#isClosed) return
    this.#timer = clock.wakeAt(clock.nowMs() + SAY_MS, () => void this.#say())
  }

  /** A store that is away for a while is no reason to stop: the next time it is told again. */
  async #write(write: () => Promise<unknown>): Promise<void> {
    try {
      await write()
    } catch (error) {
      if (!isFault(error)) throw error
      this.#options.onTrouble(error)
    }
  }
}
