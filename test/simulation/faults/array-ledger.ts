/** The least ledger that fulfils its seam: one array, no hashes, readable at once by checkers. */
import { Fault } from '../../../src/core/fault/fault.ts'
import type {
  Append,
  Ledger,
  Recorded,
  Snapshot,
  StreamSummary,
  Verification,
} from '../../../src/seams/ledger.ts'

/** A ledger in one array. */
export class ArrayLedger implements Ledger {
  /** Everything recorded, in order. Checkers read it; nobody alters it. */
  readonly all: Recorded[] = []
  readonly #streams = new Map<string, Recorded[]>()
  readonly #snapshots = new Map<string, Snapshot>()

  append({ stream, after, entries }: Append): Promise<readonly Recorded[]> {
    const known = this.#streams.get(stream) ?? []
    if (known.length !== after) return Promise.reject(conflict(stream, after, known.length))
    this.#streams.set(stream, known)
    const recorded = entries.map((entry, place) => {
      const position = this.all.length + 1 + place
      return { position, stream, sequence: after + 1 + place, entry, hash: '' }
    })
    known.push(...recorded)
    this.all.push(...recorded)
    return Promise.resolve(recorded)
  }

  /** The entries of one stream, at once. */
  entriesOf(stream: string): readonly Recorded[] {
    return this.#streams.get(stream) ?? []
  }

  async *read(stream: string, after = 0): AsyncIterable<Recorded> {
    yield* this.entriesOf(stream).slice(after)
  }

  async *readAll(after = 0): AsyncIterable<Recorded> {
    yield* this.all.slice(after)
  }

  streams(): Promise<readonly StreamSummary[]> {
    const summaries = [...this.#streams].map(([stream, entries]) => {
      const last = entries[entries.length - 1] as Recorded
      return {
        stream,
        sequence: last.sequence,
        openedAtMs: entries[0]?.entry.atMs ?? 0,
        lastAtMs: last.entry.atMs,
        lastType: last.entry.type,
      }
    })
    return Promise.resolve(summaries)
  }

  saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#snapshots.set(snapshot.stream, snapshot)
    return Promise.resolve()
  }

  loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    return Promise.resolve(this.#snapshots.get(stream))
  }

  checkpoint(): Promise<void> {
    return Promise.resolve()
  }

  verify(): Promise<Verification> {
    const entries = this.all.length
    return Promise.resolve({ verdict: 'intact', entries, checkpoints: 0, head: '' })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

function conflict(stream: string, after: number, found: number): Fault {
  const hint = `the stream ends at ${found}, not at ${after}.`
  return new Fault({ code: 'ledger-conflict', operation: 'append', subject: stream, hint })
}
