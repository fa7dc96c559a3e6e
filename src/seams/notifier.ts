/** The seam to whoever is told of what breaks. */
import type { JsonObject } from '../core/units/json.ts'

/** A promise was broken. */
export interface Notice {
  /** The plan's `notify`, every template resolved; may hold secrets. */
  readonly to: JsonObject
  /** What there is to tell, without secrets. */
  readonly what: {
    readonly ramp: string
    readonly kind: string
    readonly contract: string
    readonly stage: string
    readonly condition: string
    readonly policy: string
    readonly reason: string
    readonly sentence: string
    /** @unit ms since 1970 */
    readonly atMs: number
  }
}

/** Tells people or programs. */
export interface Notifier {
  /**
   * Returns at once and never throws; what cannot be delivered is the notifier's to complain of. The
   * ledger has it all the same: a notice is a convenience, not the record.
   */
  tell(notice: Notice): void
}
