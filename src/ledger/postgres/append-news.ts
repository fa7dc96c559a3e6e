/**
 * Tells when streams grow, whichever replica appends: by PostgreSQL's notices, and, for those that get
 * lost, by looking now and then.
 */
import type { Database } from '../../database/database.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import { AppendListeners } from '../chain/append-listeners.ts'
import type { Reader } from './reader.ts'

/** What news are made of. */
export interface AppendNewsOptions {
  readonly database: Database
  readonly reader: Reader
  readonly clock: Clock
  /** This opening of the ledger, whose own appends are told at once and not by a notice. */
  readonly name: string
  /** How often it looks. @unit ms */
  readonly pollMs: number
}

/** What a notice says. */
interface Notice {
  readonly by: string
  /** Absent when there were too many. */
  readonly streams?: readonly string[]
}

/** Begins to listen, and to look, when the first listener comes. */
export class AppendNews {
  readonly #options: AppendNewsOptions
  readonly #listeners = new AppendListeners()
  #stopHearing: (() => void) | undefined
  #timer: Timer | undefined
  /** Up to where everything was told. */
  #seen: number | undefined
  #isClosed = false

  constructor(options: AppendNewsOptions) {
    this.#options = options
  }

  add(listener: (stream: string | undefined) => void): () => void {
    this.#stopHearing ??= this.#begin()
    return this.#listeners.add(listener)
  }

  /** Tells of an append of this replica's own. */
  tell(stream: string): void {
    this.#listeners.tell(stream)
  }

  close(): void {
    this.#isClosed = true
    this.#stopHearing?.()
    this.#timer?.cancel()
  }

  #begin(): () => void {
    this.#pollSoon()
    const { listener } = this.#options.database
    return listener.add('rampart_appended', (payload) => this.#hear(payload))
  }

  #hear(payload: string | undefined): void {
    if (payload === undefined) return this.#listeners.tell(undefined)
    const { by, streams } = JSON.parse(payload) as Notice
    if (by === this.#options.name) return
    if (streams === undefined) this.#listeners.tell(undefined)
    else for (const stream of streams) this.#listeners.tell(stream)
  }

  #pollSoon(): void {
    if (this.#isClosed) return
    const { clock, pollMs } = this.#options
    this.#timer = clock.wakeAt(clock.nowMs() + pollMs, () => {
      this.#poll().then(
        () => this.#pollSoon(),
        // While the database is away there are no news; the listener tells of its return.
        () => this.#pollSoon(),
      )
    })
  }

  async #poll(): Promise<void> {
    const { reader } = this.#options
    const seen = this.#seen
    const end = await reader.readEnd()
    this.#seen = end
    if (seen === undefined || end <= seen) return
    const streams = await reader.readNews(seen)
    if (this.#isClosed) return
    for (const stream of streams ?? [undefined]) this.#listeners.tell(stream)
  }
}
