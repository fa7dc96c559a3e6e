/**
 * Group commit: appends that arrive in one turn of the event loop are written together, with one sync
 * of the disk, and each is answered on its own.
 */
import { assert, present } from '../../core/fault/assert.ts'
import type { Recorded } from '../../seams/ledger.ts'
import type { PreparedAppend } from '../chain/admission.ts'

/** What became of one append of a group. */
export type Outcome =
  | { readonly verdict: 'recorded'; readonly recorded: readonly Recorded[] }
  | { readonly verdict: 'refused'; readonly fault: Error }

/** Writes a group: one outcome an append, in order; throws when none of them was written. */
export type CommitGroup = (group: readonly PreparedAppend[]) => readonly Outcome[]

interface Waiting {
  readonly prepared: PreparedAppend
  readonly resolve: (recorded: readonly Recorded[]) => void
  readonly reject: (reason: unknown) => void
}

/** The appends that wait for the end of this turn. */
export class AppendQueue {
  readonly #commit: CommitGroup
  #waiting: Waiting[] = []

  constructor(commit: CommitGroup) {
    this.#commit = commit
  }

  /** Takes an append into the group of this turn. */
  push(prepared: PreparedAppend): Promise<readonly Recorded[]> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.flush())
      this.#waiting.push({ prepared, resolve, reject })
    })
  }

  /** Writes what waits now instead of at the end of the turn. */
  flush(): void {
    const group = this.#waiting
    if (group.length === 0) return
    this.#waiting = []
    let outcomes: readonly Outcome[]
    try {
      outcomes = this.#commit(group.map(({ prepared }) => prepared))
    } catch (thrown) {
      for (const { reject } of group) reject(thrown)
      return
    }
    assert(outcomes.length === group.length, 'Every append of a group has an outcome.')
    for (const [index, { resolve, reject }] of group.entries()) {
      const outcome = present(outcomes[index], 'Every append of a group has an outcome.')
      if (outcome.verdict === 'recorded') resolve(outcome.recorded)
      else reject(outcome.fault)
    }
  }
}
