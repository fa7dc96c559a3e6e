/**
 * What an import could not keep. Every loss names its place, what stands there and why it does not
 * stand in the contract, so that a person can decide what to do about it.
 */
import type { Place } from '../document/issue.ts'

/** One thing that is not in the contract as it was in the file. */
export interface Lost extends Place {
  /** Where in the file, as people write it: `services.db.restart`. */
  readonly what: string
  /** One sentence without its full stop. */
  readonly why: string
}

/** Collects losses; the same one is told once. */
export class Losses {
  readonly #lost: Map<string, Lost> = new Map()

  /** Notes something that is not kept. */
  add(lost: Lost): void {
    this.#lost.set(JSON.stringify([lost.line, lost.column, lost.what, lost.why]), lost)
  }

  /** Everything that was noted, from top to bottom. */
  sorted(): readonly Lost[] {
    return [...this.#lost.values()].sort((a, b) => a.line - b.line || a.column - b.column)
  }
}
