/**
 * The ledger in memory: the same promises but durability, for simulations and trials. It is
 * deterministic (no timers, no keys, no clock) and hashes nothing until somebody looks.
 */
import type { Entry } from '../../core/entry/entry.ts'
import { present } from '../../core/fault/assert.ts'
import type {
  Append,
  Ledger,
  LedgerHealth,
  Recorded,
  Snapshot,
  StreamSummary,
  Verification,
} from '../../seams/ledger.ts'
import { closedFault, conflictFault, fencedFault, prepareAppend } from '../chain/admission.ts'
import { AppendListeners } from '../chain/append-listeners.ts'
import { GENESIS_HASH, type Link, linkHash } from '../chain/link.ts'

/** What a ledger in memory may be given. */
export interface MemoryLedgerOptions {
  /** Says of leases whether a later one of their subject was given out; absent: appends carry none. */
  readonly leases?: { readonly isLatest: (lease: NonNullable<Append['lease']>) => boolean }
}

/**
 * A ledger that forgets everything with its process. Its checkpoints are counted and not signed:
 * whoever could alter them could alter the process.
 */
export class MemoryLedger implements Ledger {
  readonly #links: Link[] = []
  /** The chain as far as it was asked for. */
  readonly #hashes: string[] = []
  readonly #streams = new Map<string, Link[]>()
  readonly #summaries = new Map<string, StreamSummary>()
  readonly #snapshots = new Map<string, Snapshot>()
  readonly #listeners = new AppendListeners()
  #checkpoints = 0
  #checkpointPosition = 0
  readonly #leases: MemoryLedgerOptions['leases']
  #isClosed = false

  constructor({ leases }: MemoryLedgerOptions = {}) {
    this.#leases = leases
  }

  async append(append: Append): Promise<readonly Recorded[]> {
    this.#checkOpen('append entries')
    const { texts } = prepareAppend(append)
    const { stream, after, lease } = append
    if (lease !== undefined && this.#leases?.isLatest(lease) === false) throw fencedFault(append)
    const links = this.#streams.get(stream) ?? []
    if (links.length !== after) throw conflictFault(append, links.length)
    if (texts.length > 0) this.#streams.set(stream, links)
    const recorded = texts.map((text, index) => {
      const entry = present(append.entries[index], 'Every text was printed from an entry.')
      const position = this.#links.length + 1
      const link: Link = { position, stream, sequence: links.length + 1, text }
      this.#links.push(link)
      links.push(link)
      return this.#recorded(link, entry)
    })
    if (recorded.length > 0) {
      this.#summarize(append, links.length)
      this.#listeners.tell(stream)
    }
    return recorded
  }

  async *read(stream: string, after = 0): AsyncIterable<Recorded> {
    this.#checkOpen('read the ledger')
    yield* this.#replay(this.#streams.get(stream) ?? [], after)
  }

  async *readAll(after = 0): AsyncIterable<Recorded> {
    this.#checkOpen('read the ledger')
    yield* this.#replay(this.#links, after)
  }

  async streams(): Promise<readonly StreamSummary[]> {
    this.#checkOpen('list the streams')
    return [...this.#summaries.values()]
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#checkOpen('save a snapshot')
    const { stream, sequence, foldVersion, state } = snapshot
    const kept = this.#snapshots.get(stream)
    if (kept !== undefined && kept.sequence > sequence) return
    this.#snapshots.set(stream, { stream, sequence, foldVersion, state })
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    this.#checkOpen('load a snapshot')
    return this.#snapshots.get(stream)
  }

  onAppended(listener: (stream: string | undefined) => void): () => void {
    return this.#listeners.add(listener)
  }

  async checkHealth(): Promise<LedgerHealth> {
    this.#checkOpen('check the ledger')
    const last = this.#links.at(-1)
    return last === undefined ? {} : { latestMs: entryOf(last).atMs }
  }

  async end(): Promise<number> {
    this.#checkOpen('read the ledger')
    return this.#links.length
  }

  /** Nothing is signed in memory. */
  async checkpointAt(): Promise<undefined> {
    this.#checkOpen('read the ledger')
  }

  async checkpoint(): Promise<void> {
    this.#checkOpen('take a checkpoint')
    if (this.#checkpointPosition === this.#links.length) return
    this.#checkpointPosition = this.#links.length
    this.#checkpoints += 1
  }

  async verify(): Promise<Verification> {
    this.#checkOpen('verify the ledger')
    const entries = this.#links.length
    const head = this.#hashAt(entries)
    return { verdict: 'intact', entries, checkpoints: this.#checkpoints, head }
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  #summarize({ stream, entries }: Append, sequence: number): void {
    const last = present(entries.at(-1), 'Something was appended.')
    const openedAtMs =
      this.#summaries.get(stream)?.openedAtMs ?? present(entries[0], 'Something was appended.').atMs
    const { atMs: lastAtMs, type: lastType } = last
    this.#summaries.set(stream, { stream, sequence, openedAtMs, lastAtMs, lastType })
  }

  *#replay(links: readonly Link[], after: number): Generator<Recorded> {
    const end = links.length
    for (let index = after; index < end; index += 1) {
      this.#checkOpen('read the ledger')
      const link = present(links[index], 'An append-only list only grows.')
      yield this.#recorded(link, entryOf(link))
    }
  }

  #recorded(link: Link, entry: Entry): Recorded {
    const { position, stream, sequence } = link
    const hashAt = (): string => this.#hashAt(position)
    return {
      position,
      stream,
      sequence,
      entry,
      get hash() {
        return hashAt()
      },
    }
  }

  #hashAt(position: number): string {
    for (let index = this.#hashes.length; index < position; index += 1) {
      const link = present(this.#links[index], 'Only what was appended is asked for.')
      this.#hashes.push(linkHash(this.#hashes[index - 1] ?? GENESIS_HASH, link))
    }
    return this.#hashes[position - 1] ?? GENESIS_HASH
  }

  #checkOpen(operation: string): void {
    if (this.#isClosed) throw closedFault(operation)
  }
}

function entryOf(link: Link): Entry {
  return JSON.parse(link.text) as Entry
}
