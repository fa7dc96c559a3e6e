/**
 * Holds an idempotency key for one request, for exactly as long as that is carried out: what is kept of
 * it expires soon, so that a server that died leaves the key to others, and is renewed until there
 * is an answer. It never overwrites what another request with the key has kept meanwhile.
 */
import { isFault } from '../core/fault/fault.ts'
import type { JsonObject } from '../core/units/json.ts'
import type { Clock, Timer } from '../seams/clock.ts'
import type { Records } from '../seams/records.ts'

/** Where keys are kept. */
export const KEYS = 'idempotency'

/** What nobody has renewed for so long belongs to a server that died. @unit ms */
export const UNDER_WAY_MS = 30_000

/** How often it is renewed: twice in vain, and the third time still counts. @unit ms */
const RENEW_MS: number = UNDER_WAY_MS / 4

/** What keys are held with. */
export interface HeldKeyParts {
  readonly records: Records
  readonly clock: Clock
  onTrouble(error: unknown): void
}

/** A key that is held. */
export class HeldKey {
  readonly #parts: HeldKeyParts
  readonly #key: string
  readonly #value: JsonObject
  #version: number
  #timer: Timer | undefined
  #renewing: Promise<void> = Promise.resolve()
  #isOver = false

  private constructor(
    parts: HeldKeyParts,
    held: { readonly key: string; readonly value: JsonObject; readonly version: number },
  ) {
    this.#parts = parts
    this.#key = held.key
    this.#value = held.value
    this.#version = held.version
    this.#arm()
  }

  /**
   * Takes a key that nobody has.
   *
   * @param value what is kept of the request meanwhile
   * @throws record-conflict when somebody has it
   */
  static async take(parts: HeldKeyParts, key: string, value: JsonObject): Promise<HeldKey> {
    const { records, clock } = parts
    const expiresAtMs = clock.nowMs() + UNDER_WAY_MS
    const put = { collection: KEYS, key, value, ifVersion: 0, expiresAtMs }
    const { version } = await records.put(put)
    return new HeldKey(parts, { key, value, version })
  }

  /** Keeps what came of the request, and renews nothing any more. @throws record-conflict */
  async settle(value: JsonObject, keptMs: number): Promise<void> {
    await this.#end()
    await this.#keep(value, keptMs)
  }

  /** Leaves the key to the next one. @throws record-conflict */
  async free(): Promise<void> {
    await this.#end()
    await this.#parts.records.remove(KEYS, this.#key, this.#version)
  }

  /** Renews nothing any more; the key is free when it expires. Idempotent. */
  abandon(): void {
    this.#isOver = true
    this.#timer?.cancel()
  }

  /** A renewal that is on its way comes first, so that it does not overwrite what follows. */
  async #end(): Promise<void> {
    this.abandon()
    await this.#renewing
  }

  #arm(): void {
    const { clock } = this.#parts
    this.#timer = clock.wakeAt(clock.nowMs() + RENEW_MS, () => {
      this.#renewing = this.#renew()
    })
  }

  async #renew(): Promise<void> {
    try {
      await this.#keep(this.#value, UNDER_WAY_MS)
    } catch (error) {
      this.#parts.onTrouble(error)
      // It was held up for so long that another request has the key; that one holds it now.
      if (isFault(error, 'record-conflict')) this.#isOver = true
    }
    if (!this.#isOver) this.#arm()
  }

  async #keep(value: JsonObject, keptMs: number): Promise<void> {
    const { records, clock } = this.#parts
    const put = { collection: KEYS, key: this.#key, value, expiresAtMs: clock.nowMs() + keptMs }
    const replace = async (ifVersion: number): Promise<void> => {
      this.#version = (await records.put({ ...put, ifVersion })).version
    }
    // What has expired meanwhile is taken again, unless somebody else was first.
    await replace(this.#version).catch((error: unknown) => {
      if (!isFault(error, 'record-conflict')) throw error
      return replace(0)
    })
  }
}
