/**
 * Answers the letters to the subjects of this replica: one at a time for each subject, several subjects
 * side by side. A letter is taken up by one statement, so that no two replicas ever handle it at once.
 * One that failed is put back after a pause, for whoever has its subject then.
 */

import type { JsonObject } from '../../core/units/json.ts'
import { printCanonicalJson } from '../../core/units/json.ts'
import type { Database, Row, Statement } from '../../database/database.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import type { Letter } from '../../seams/mailbox.ts'
import { pause } from '../../seams/pause.ts'
import { ANSWER, PUT_BACK, READ_WAITING, SWEEP, TAKE_UP } from './statements.ts'

/** What an answerer is made of. */
export interface LetterAnswererOptions {
  readonly database: Database
  readonly clock: Clock
  /** This replica: a name for one life of its process. */
  readonly name: string
  readonly pollMs: number
  readonly isOwn: (subject: string) => boolean
  readonly handle: (letter: Letter) => Promise<JsonObject>
  readonly onTrouble: (thrown: unknown) => void
}

const SWEEP_EVERY_POLLS = 30
const ANSWER_ATTEMPTS = 20
/** @unit ms */
const PAUSE_MS = 500

/** Answers from when it is made until it is stopped. */
export class LetterAnswerer {
  readonly #options: LetterAnswererOptions
  readonly #stopHearing: () => void
  /** The letters taken up here, so that one whose taking up went unheard is taken up again. */
  readonly #taken = new Set<string>()
  readonly #busy = new Map<string, Promise<void>>()
  /** Letters that failed and are about to be put back. */
  readonly #failed = new Set<Promise<void>>()
  #timer: Timer | undefined
  #polls = 0
  #isLooking = false
  #mustLook = false
  #isStopped = false

  constructor(options: LetterAnswererOptions) {
    this.#options = options
    const { listener } = options.database
    this.#stopHearing = listener.add('rampart_letters', () => this.look())
    this.look()
    this.#pollSoon()
  }

  /** Looks for letters, now or once more after the look under way. */
  look(): void {
    this.#mustLook = true
    if (!this.#isLooking && !this.#isStopped) void this.#lookAll()
  }

  stop(): void {
    this.#isStopped = true
    this.#stopHearing()
    this.#timer?.cancel()
  }

  /** Settles when nothing is being handled any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#busy.values())
    await Promise.all(this.#failed)
  }

  async #lookAll(): Promise<void> {
    this.#isLooking = true
    try {
      while (this.#mustLook && !this.#isStopped) {
        this.#mustLook = false
        const values = [this.#options.name, [...this.#taken]]
        for (const [subject] of await this.#query(READ_WAITING, values))
          this.#begin(String(subject))
      }
    } catch (thrown) {
      this.#options.onTrouble(thrown)
    } finally {
      this.#isLooking = false
    }
  }

  #begin(subject: string): void {
    if (this.#busy.has(subject) || !this.#isMine(subject)) return
    const working = this.#answerAll(subject).then(
      () => undefined,
      (thrown: unknown) => this.#options.onTrouble(thrown),
    )
    const done = working.then(() => {
      this.#busy.delete(subject)
      // A letter that came while the last one was being answered was seen by nobody.
      this.look()
    })
    this.#busy.set(subject, done)
  }

  async #answerAll(subject: string): Promise<void> {
    while (this.#isMine(subject)) {
      const values = [subject, this.#options.name, [...this.#taken]]
      const [row] = await this.#query(TAKE_UP, values)
      if (row === undefined) return
      const [id, body] = [String(row[0]), JSON.parse(String(row[1])) as JsonObject]
      this.#taken.add(id)
      try {
        const answer = await this.#options.handle({ id, subject, body })
        await this.#answer(id, printCanonicalJson(answer))
      } catch (thrown) {
        this.#options.onTrouble(thrown)
        this.#putBackSoon(id)
      }
    }
  }

  /** The other letters to its subject do not wait for it. */
  #putBackSoon(id: string): void {
    const done = this.#putBack(id).then(() => {
      this.#failed.delete(done)
      this.look()
    })
    this.#failed.add(done)
  }

  async #putBack(id: string): Promise<void> {
    // Nothing is gained by trying at once, and what fails at once would be tried without end.
    if (!this.#isStopped) await pause(this.#options.clock, PAUSE_MS)
    try {
      await this.#query(PUT_BACK, [id, this.#options.name])
    } catch (thrown) {
      // It stays taken by this replica, which takes it up again once the database is back.
      this.#options.onTrouble(thrown)
    } finally {
      this.#taken.delete(id)
    }
  }

  /** What was done is told, if need be after the database has come back. */
  async #answer(id: string, answer: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#query(ANSWER, [id, answer])
        this.#taken.delete(id)
        return
      } catch (thrown) {
        if (attempt === ANSWER_ATTEMPTS || this.#isStopped) throw thrown
        await pause(this.#options.clock, PAUSE_MS)
      }
    }
  }

  #isMine(subject: string): boolean {
    return !this.#isStopped && this.#options.isOwn(subject)
  }

  #pollSoon(): void {
    const { clock, pollMs } = this.#options
    this.#timer = clock.wakeAt(clock.nowMs() + pollMs, () => {
      this.#polls += 1
      this.look()
      if (this.#polls % SWEEP_EVERY_POLLS === 0) {
        this.#query(SWEEP, []).catch((thrown: unknown) => this.#options.onTrouble(thrown))
      }
      if (!this.#isStopped) this.#pollSoon()
    })
  }

  #query(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const deed = { code: 'store-unavailable', operation: 'answer letters' } as const
    return this.#options.database.query(deed, statement, values)
  }
}
