/** The real ledger in memory, with all that it holds laid open at once for the checkers. */
import { MemoryLedger } from '../../../src/ledger/memory/memory-ledger.ts'
import type { Append, Recorded } from '../../../src/seams/ledger.ts'

/** A ledger that checkers read without waiting. */
export class WatchedLedger extends MemoryLedger {
  /** Everything recorded, in order. Checkers read it; nobody alters it. */
  readonly all: Recorded[] = []
  readonly #streams = new Map<string, Recorded[]>()

  override async append(append: Append): Promise<readonly Recorded[]> {
    const recorded = await super.append(append)
    const known = this.#streams.get(append.stream) ?? []
    this.#streams.set(append.stream, known)
    known.push(...recorded)
    this.all.push(...recorded)
    return recorded
  }

  /** The entries of one stream, at once. */
  entriesOf(stream: string): readonly Recorded[] {
    return this.#streams.get(stream) ?? []
  }
}
