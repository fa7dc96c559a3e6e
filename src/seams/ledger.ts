/** The seam to the ledger: append-only streams of entries, one stream a ramp, one chain over all. */
import type { Entry } from '../core/entry/entry.ts'
import type { Lease } from './leases.ts'

/** An entry in its place. */
export interface Recorded {
  /** Place in the whole ledger, from 1, without gaps. */
  readonly position: number
  /** The ramp's id. */
  readonly stream: string
  /** Place in its stream, from 1, without gaps. */
  readonly sequence: number
  readonly entry: Entry
  /** SHA-256 (hexadecimal) over the previous entry's hash and this entry's canonical JSON and place. */
  readonly hash: string
}

/** What to append, and to what. */
export interface Append {
  readonly stream: string
  /** The sequence of the last entry the writer has seen; 0 for a new stream. */
  readonly after: number
  readonly entries: readonly Entry[]
  /** By which right; absent where there is only one writer. */
  readonly lease?: Pick<Lease, 'subject' | 'token'>
}

/** A fold kept so that a long stream need not be read from its beginning. */
export interface Snapshot {
  readonly stream: string
  /** The last sequence the state includes. */
  readonly sequence: number
  /** The version of the fold that made it; another version ignores it. */
  readonly foldVersion: number
  /** JSON. */
  readonly state: string
}

/** What is known of a stream without reading it. */
export interface StreamSummary {
  readonly stream: string
  /** Sequence of its last entry. */
  readonly sequence: number
  /** When its first and last entries were written. @unit ms */
  readonly openedAtMs: number
  readonly lastAtMs: number
  /** The type of its last entry, for example `ramp.ended`. */
  readonly lastType: Entry['type']
}

/** The first thing found wrong, or that nothing was. */
export type Verification =
  | {
      readonly verdict: 'intact'
      readonly entries: number
      readonly checkpoints: number
      readonly head: string
    }
  | {
      readonly verdict: 'broken'
      /** The first bad position. */
      readonly position: number
      readonly problem:
        | 'altered'
        | 'removed'
        | 'reordered'
        | 'checkpoint-mismatch'
        | 'signature-invalid'
      readonly sentence: string
    }

/** A statement, signed now and then and kept for ever: this was the head of the chain. */
export interface SignedCheckpoint {
  /** From 1, without gaps. */
  readonly number: number
  readonly position: number
  readonly hash: string
  /** When it was signed. @unit ms since 1970 */
  readonly atMs: number
  /** The raw public key, base64. */
  readonly publicKey: string
  /** Base64. @source RFC 8032 */
  readonly signature: string
}

/** How a ledger is, as far as one look tells. */
export interface LedgerHealth {
  /** The store's own time, where it has one. @unit ms since 1970 */
  readonly storeMs?: number
  /** When the last entry of all was written; absent: there is none. @unit ms since 1970 */
  readonly latestMs?: number
}

/** The append-only record. Every adapter passes test/conformance/ledger. */
export interface Ledger {
  /**
   * Appends all entries or none, durably, and resolves only when they would survive a loss of power
   * (for adapters that are durable at all). Appends that arrive together share one commit. Appends of
   * one stream resolve in the order they were made.
   *
   * @throws ledger-conflict when the stream's last sequence is not `after`.
   * @throws ledger-fenced when a later lease of the subject was given out; nothing was appended.
   * @throws ledger-unavailable when the store cannot be written; nothing was appended.
   */
  append(append: Append): Promise<readonly Recorded[]>
  /** The entries of one stream with `sequence > after`, in order; empty when there is no such stream. */
  read(stream: string, after?: number): AsyncIterable<Recorded>
  /** The entries of all streams with `position > after`, in order. */
  readAll(after?: number): AsyncIterable<Recorded>
  /** Every stream, oldest first. */
  streams(): Promise<readonly StreamSummary[]>
  /** Keeps a snapshot; replaces an older one of the same stream. */
  saveSnapshot(snapshot: Snapshot): Promise<void>
  /** The latest snapshot of a stream, if one is kept. */
  loadSnapshot(stream: string): Promise<Snapshot | undefined>
  /**
   * Calls back when a stream may have grown, whoever appended to it. A hint: it may come late, twice,
   * or for nothing; after a connection was lost it comes with no stream, meaning any.
   *
   * @returns stops watching; idempotent
   */
  onAppended(listener: (stream: string | undefined) => void): () => void
  /**
   * Proves that an append could be written now, writing nothing.
   *
   * @throws ledger-unavailable, ledger-newer, ledger-corrupt as an append would
   */
  checkHealth(): Promise<LedgerHealth>
  /** The position of the last entry; 0 when there is none. */
  end(): Promise<number>
  /** The first checkpoint that covers a position; undefined when none does, or nothing is signed here. */
  checkpointAt(position: number): Promise<SignedCheckpoint | undefined>
  /** Signs the current head of the chain; a no-op when nothing was appended since the last one. */
  checkpoint(): Promise<void>
  /** Reads everything and proves that nothing was altered, removed or reordered. */
  verify(): Promise<Verification>
  /** Idempotent; waits for appends under way. Afterwards every other call throws ledger-unavailable. */
  close(): Promise<void>
}
