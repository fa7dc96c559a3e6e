/**
 * Letters between replicas, in a table of PostgreSQL: notices say at once that there is something, and
 * looking now and then finds what a notice that was lost would have told.
 */
import { Fault } from '../../core/fault/fault.ts'
import { type JsonObject, printCanonicalJson } from '../../core/units/json.ts'
import type { Database, Statement } from '../../database/database.ts'
import type { Deed } from '../../database/database-fault.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import type { Letter, Mailbox } from '../../seams/mailbox.ts'
import { LetterAnswerer } from './letter-answerer.ts'
import { POST, READ_ANSWER, TAKE_BACK } from './statements.ts'

/** What a mailbox is made of. */
export interface PostgresMailboxOptions {
  /** Stays open when the mailbox is closed. */
  readonly database: Database
  readonly clock: Clock
  /** This replica: a name for one life of its process. */
  readonly name: string
  /** Told when a letter could not be answered. */
  readonly onTrouble: (thrown: unknown) => void
  /** How often it looks for what no notice told. @unit ms @default 2000 */
  readonly pollMs?: number
}

const DEED: Deed = { code: 'store-unavailable', operation: 'pass a letter' }

/** The mailbox of one replica. */
export class PostgresMailbox implements Mailbox {
  readonly #options: Required<PostgresMailboxOptions>
  readonly #answerers = new Set<LetterAnswerer>()
  readonly #waiting = new Map<string, Set<() => void>>()
  #stopHearing: (() => void) | undefined
  #isClosed = false

  constructor(options: PostgresMailboxOptions) {
    this.#options = { pollMs: 2000, ...options }
  }

  async send(letter: Letter, signal: AbortSignal): Promise<JsonObject | undefined> {
    this.#checkOpen()
    const { id, subject, body } = letter
    const values = [id, subject, printCanonicalJson(body)]
    this.#hearAnswers()
    while (!signal.aborted && !this.#isClosed) {
      // Whoever posts the same letter again only waits for its answer.
      const told = this.#nextHint(id, signal)
      try {
        await this.#query(POST, values)
        const [row] = await this.#query(READ_ANSWER, [id])
        if (row !== undefined) return JSON.parse(String(row[0])) as JsonObject
        await told.promise
      } finally {
        told.forget()
      }
    }
    return this.#giveUp(id)
  }

  serve(
    isOwn: (subject: string) => boolean,
    handle: (letter: Letter) => Promise<JsonObject>,
  ): { readonly look: () => void; readonly stop: () => void } {
    this.#checkOpen()
    const answerer = new LetterAnswerer({ ...this.#options, isOwn, handle })
    this.#answerers.add(answerer)
    return { look: () => answerer.look(), stop: () => answerer.stop() }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stopHearing?.()
    for (const answerer of this.#answerers) answerer.stop()
    for (const wakes of this.#waiting.values()) for (const wake of [...wakes]) wake()
    await Promise.all([...this.#answerers].map((answerer) => answerer.idle()))
  }

  /** Takes the letter back; one that was answered meanwhile is answered after all. */
  async #giveUp(id: string): Promise<JsonObject | undefined> {
    await this.#query(TAKE_BACK, [id])
    const [row] = await this.#query(READ_ANSWER, [id])
    return row && (JSON.parse(String(row[0])) as JsonObject)
  }

  #hearAnswers(): void {
    const { listener } = this.#options.database
    this.#stopHearing ??= listener.add('rampart_answers', (id) => {
      const waiting = id === undefined ? [...this.#waiting.values()] : [this.#waiting.get(id)]
      for (const wakes of waiting) for (const wake of [...(wakes ?? [])]) wake()
    })
  }

  /** Settles when there may be an answer, when it is time to look, or when nobody waits any more. */
  #nextHint(
    id: string,
    signal: AbortSignal,
  ): { readonly promise: Promise<void>; readonly forget: () => void } {
    const { clock, pollMs } = this.#options
    const wakes = this.#waiting.get(id) ?? new Set<() => void>()
    this.#waiting.set(id, wakes)
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer: Timer = clock.wakeAt(clock.nowMs() + pollMs, resolve)
    wakes.add(resolve)
    const onAbort = (): void => resolve()
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) resolve()
    const forget = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', onAbort)
      wakes.delete(resolve)
      if (wakes.size === 0) this.#waiting.delete(id)
    }
    return { promise, forget }
  }

  #query(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<readonly (readonly unknown[])[]> {
    return this.#options.database.query(DEED, statement, values)
  }

  #checkOpen(): void {
    if (!this.#isClosed) return
    throw new Fault({ ...DEED, subject: 'the mailbox', hint: 'It is closed.' })
  }
}
