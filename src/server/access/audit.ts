/**
 * Every change of who may do what, as an entry of the stream `access` in the ledger, before it takes
 * effect: what could not be noted does not happen. It never holds a secret, nor a hash of one.
 */
import type { NotedEntry } from '../../core/entry/entry.ts'
import { present } from '../../core/fault/assert.ts'
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
   * @returns its position in the ledger
   * @throws ledger-unavailable; ledger-conflict when others are first again and again
   */
  note(note: AccessNote): Promise<number> {
    const noted = this.#turn.then(() => this.#append(note))
    this.#turn = noted.then(
      () => undefined,
      () => undefined,
    )
    return noted
  }

  async #append(note: AccessNote): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const entry = { type: 'access.changed', ...note, atMs: this.#clock.nowMs() } as const
      try {
        const append = { stream: ACCESS_STREAM, after: this.#seen, entries: [entry] }
        const [recorded] = await this.#ledger.append(append)
        this.#seen += 1
        return present(recorded, 'What was appended is recorded.').position
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
