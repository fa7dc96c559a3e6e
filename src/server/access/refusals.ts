/**
 * Notes who was refused, in the ledger, but only so many a minute: whoever knocks again and again must
 * not fill it.
 */
import type { Clock } from '../../seams/clock.ts'
import type { AccessAudit } from './audit.ts'

/** How many are noted a minute; the rest are left out. */
const REFUSALS_MAX = 10
/** @unit ms */
const MINUTE_MS = 60_000

/** Notes refusals. */
export class Refusals {
  readonly #audit: AccessAudit
  readonly #clock: Clock
  #sinceMs = Number.NEGATIVE_INFINITY
  #noted = 0

  constructor(parts: { readonly audit: AccessAudit; readonly clock: Clock }) {
    this.#audit = parts.audit
    this.#clock = parts.clock
  }

  /** @param what `sign-in.refused`, `token.refused` */
  async note(what: string, whom: string, sentence: string): Promise<void> {
    const nowMs = this.#clock.nowMs()
    if (Math.abs(nowMs - this.#sinceMs) >= MINUTE_MS) {
      this.#sinceMs = nowMs
      this.#noted = 0
    }
    if (this.#noted >= REFUSALS_MAX) return
    this.#noted += 1
    await this.#audit.note({ by: whom, what, subject: whom, sentence, details: {} })
  }
}
