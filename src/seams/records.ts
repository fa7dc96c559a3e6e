/**
 * The seam to what the server keeps beside the ledger: small JSON documents by collection and key, for
 * example tokens, sessions and webhooks. What somebody might want proved later belongs in the ledger;
 * nothing is kept here in clear that is secret.
 */
import type { JsonObject } from '../core/units/json.ts'

/** A document in its place. */
export interface StoredRecord {
  /** Kebab-case, for example `tokens`. */
  readonly collection: string
  /** Unique in its collection; at most 500 characters. */
  readonly key: string
  readonly value: JsonObject
  /**
   * One more with every change, and never the same for two values of one key: 1 for a new one, or more
   * when others of its collection were removed before.
   */
  readonly version: number
  /** @unit ms since 1970 */
  readonly updatedAtMs: number
  /** From then on it is as if it had been removed. @unit ms since 1970 */
  readonly expiresAtMs?: number
}

/** What to keep. */
export interface RecordPut {
  readonly collection: string
  readonly key: string
  readonly value: JsonObject
  /** The version that is to be replaced; 0: there must be none. Absent: whatever there is. */
  readonly ifVersion?: number
  readonly expiresAtMs?: number
}

/** Which documents of a collection, in the order of their keys (by code point). */
export interface RecordQuery {
  /** Those whose key begins so. @default all */
  readonly prefix?: string
  /** Those with a greater key. */
  readonly after?: string
  /** @minimum 1 @maximum 5000 @default 1000 */
  readonly limit?: number
}

/** Keeps documents. Every adapter passes test/conformance/records. */
export interface Records {
  /** Undefined when there is none, or it has expired. */
  get(collection: string, key: string): Promise<StoredRecord | undefined>
  /**
   * Durable once resolved.
   *
   * @throws record-conflict when `ifVersion` is not the version there is
   * @throws store-unavailable
   */
  put(put: RecordPut): Promise<StoredRecord>
  /**
   * Removes one; false when there was none.
   *
   * @throws record-conflict when `ifVersion` is given and is not the version there is
   */
  remove(collection: string, key: string, ifVersion?: number): Promise<boolean>
  list(collection: string, query?: RecordQuery): Promise<readonly StoredRecord[]>
  /** Idempotent. Afterwards every other call throws store-unavailable. */
  close(): Promise<void>
}
