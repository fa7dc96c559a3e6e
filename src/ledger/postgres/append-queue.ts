/**
 * Group commit: appends that arrive in one turn of the event loop, and those that arrive while others
 * are being written, are written together and answered each on its own.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { present } from '../../core/fault/assert.ts'
import type { Recorded } from '../../seams/ledger.ts'
import type { PreparedAppend } from '../chain/admission.ts'

/** What became of one append of a group. */
export type Outcome =
  | { readonly verdict: 'recorded'; readonly recorded: readonly Recorded[] }
  | { readonly verdict: 'refused'; readonly fault: Error }

/** Writes a group: one outcome an append, in order; rejects when none of them was written. */
export type CommitGroup = (group: readonly PreparedAppend[]) => Promise<readonly Outcome[]>

interface Waiting {
  readonly prepared: PreparedAppend
  readonly resolve: (recorded: readonly Recorded[]) => void
  readonly reject: (reason: unknown) => void
}

/** The most entries that are written together: what comes after waits for the next group. */
const GROUP_ENTRIES_MAX = 5000

/** The appends that wait, and the one hand that writes. */
export class AppendQueue {
  readonly #commit: CommitGroup
  readonly #waiting: Waiting[] = []
  /** Everything that is being written, one after the other; never rejects. */
  #work: Promise<void> = Promise.resolve()
  #isScheduled = false

  constructor(commit: CommitGroup) {
    this.#commit = commit
  }

  /** Takes an append into the next group. */
  push(prepared: PreparedAppend): Promise<readonly Recorded[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ prepared, resolve, reject })
      if (this.#isScheduled) return
      this.#isScheduled = true
      this.#work = this.#work.then(() => this.#writeAll())
    })
  }

  /** Settles when everything that was pushed before has been answered. */
  idle(): Promise<void> {
    return this.#work
  }

  /** Writes something else, after everything that was pushed before. */
  exclusively(write: () => Promise<void>): Promise<void> {
    const turn = this.#work.then(write)
    this.#work = turn.catch(() => undefined)
    return turn
  }

  async #writeAll(): Promise<void> {
    await nextTurn()
    while (this.#waiting.length > 0) await this.#writeGroup(this.#takeGroup())
    this.#isScheduled = false
  }

  #takeGroup(): readonly Waiting[] {
    let entries = 0
    const end = this.#waiting.findIndex(({ prepared }) => {
      entries += prepared.texts.length
      return entries > GROUP_ENTRIES_MAX
    })
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end))
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    let outcomes: readonly Outcome[]
    try {
      outcomes = await this.#commit(group.map(({ prepared }) => prepared))
    } catch (thrown) {
      for (const { reject } of group) reject(thrown)
      return
    }
    for (const [index, { resolve, reject }] of group.entries()) {
      const outcome = present(outcomes[index], 'Every append of a group has an outcome.')
      if (outcome.verdict === 'recorded') resolve(outcome.recorded)
      else reject(outcome.fault)
    }
  }
}
