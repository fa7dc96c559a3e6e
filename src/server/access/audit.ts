/**
 * Every change of who may do what, as an entry of the stream `access` in the ledger, before it takes
 * effect: what could not be noted does not happen. It never holds a secret, nor a hash of one.
 */
import type { NotedEntry } from '../../core/entry/entry.ts'
import { isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Ledger } from '../../seams/ledger.ts'

/** The stream of the ledger. */
export const ACCESS_STREAM = 'access'

/** How many others may be first, one after the other, before it is given up. */
const ATTEMPTS_MAX = 20

/** What changed. */
export type AccessNote = Omit<Extract<NotedEntry, { type: 'access.changed' }>, 'type'>

/** Notes changes of access. */
export class AccessAudit {
  readonly #ledger: Ledger
  readonly #clock: Clock
  #seen = 0
  #turn: Promise<void> = Promise.resolve()

  constructor(parts: { readonly ledger: Ledger; readonly clock: Clock }) {
    this.#ledger = parts.ledger
    this.#clock = parts.clock
  }

  /**
   * Durable once resolved. One after the other, so that this process is never in its own way.
   *
   * @throws ledger-unavailable; ledger-conflict when others are first again and again
   */
  note(note: AccessNote): Promise<void> {
    const noted = this.#turn.then(() => this.#append(note))
    this.#turn = noted.catch(() => undefined)
    return noted
  }

  async #append(note: AccessNote): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const entry = { type: 'access.changed', ...note, atMs: this.#clock.nowMs() } as const
      try {
        await this.#ledger.append({ stream: ACCESS_STREAM, after: this.#seen, entries: [entry] })
        this.#seen += 1
        return
      } catch (error) {
        if (!isFault(error, 'ledger-conflict') || attempt === ATTEMPTS_MAX) throw error
        await this.#catchUp()
      }
    }
  }

  /** Reads what others have appended meanwhile; all of it after a start. */
  async #catchUp(): Promise<void> {
    for await (const { sequence } of this.#ledger.read(ACCESS_STREAM, this.#seen)) {
      this.#seen = sequence
    }
  }
}
