/**
 * Ramps that have ended, each on one line. They never change, so each is folded at most once: what was
 * found is kept beside the ledger, and everything of it can be found again from the ledger.
 */
import type { JsonObject } from '../core/units/json.ts'
import type { Records } from '../seams/records.ts'
import type { RampSummary } from './wire.ts'

/** Another shape of a summary gets another collection, and the old one is not looked at any more. */
const COLLECTION = 'ramp-summaries-2'

/** As many at once as the store gives. */
const PAGE = 5_000

/** Summaries by ramp. */
export class KeptSummaries {
  readonly #records: Records | undefined
  readonly #onTrouble: (error: unknown) => void
  readonly #known = new Map<string, RampSummary>()
  #loading: Promise<void> | undefined

  /** @param records absent: nothing is kept beyond this process */
  constructor(records: Records | undefined, onTrouble: (error: unknown) => void) {
    this.#records = records
    this.#onTrouble = onTrouble
  }

  /** A summary that is known in this process, or was kept by an earlier one. */
  get(ramp: string): RampSummary | undefined {
    return this.#known.get(ramp)
  }

  /** Learns at once all that was kept, for whoever looks at more than a few. */
  load(): Promise<void> {
    this.#loading ??= this.#loadAll().catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    return this.#loading
  }

  /** Keeps the summary of a ramp that has ended. */
  add(summary: RampSummary): void {
    if (this.#known.has(summary.ramp)) return
    this.#known.set(summary.ramp, summary)
    const value = JSON.parse(JSON.stringify(summary)) as JsonObject
    const put = this.#records?.put({ collection: COLLECTION, key: summary.ramp, value })
    // Without it the ramp is folded once more some day, and nothing else.
    put?.catch(this.#onTrouble)
  }

  async #loadAll(): Promise<void> {
    if (this.#records === undefined) return
    let after: string | undefined
    for (;;) {
      const query = { limit: PAGE, ...(after === undefined ? {} : { after }) }
      const page = await this.#records.list(COLLECTION, query)
      for (const { key, value } of page) {
        if (!this.#known.has(key)) this.#known.set(key, value as unknown as RampSummary)
      }
      after = page.at(-1)?.key
      if (page.length < PAGE) return
    }
  }
}
