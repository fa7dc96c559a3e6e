/** Records that are gone with their process, for tests, simulations and trials. Deterministic. */
import { present } from '../../core/fault/assert.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { Clock } from '../../seams/clock.ts'
import type { RecordPut, RecordQuery, Records, StoredRecord } from '../../seams/records.ts'
import {
  checkName,
  closedRecords,
  completeQuery,
  printRecord,
  recordConflict,
} from '../document/check-record.ts'

interface Kept {
  /** As it was printed, so that nobody's later change of an object changes what is kept. */
  readonly text: string
  readonly version: number
  readonly updatedAtMs: number
  readonly expiresAtMs?: number
}

interface Collection {
  readonly records: Map<string, Kept>
  /** The highest version that was ever removed. */
  floor: number
}

/** Keeps documents in memory. */
export class MemoryRecords implements Records {
  readonly #clock: Clock
  readonly #collections = new Map<string, Collection>()
  #isClosed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async get(collection: string, key: string): Promise<StoredRecord | undefined> {
    this.#checkOpen()
    checkName(collection, key)
    const kept = this.#find(this.#collection(collection), key)
    return kept && storedRecord(collection, key, kept)
  }

  async put(put: RecordPut): Promise<StoredRecord> {
    this.#checkOpen()
    const text = printRecord(put)
    const { collection, key, ifVersion, expiresAtMs } = put
    const home = this.#collection(collection)
    const found = this.#find(home, key)?.version ?? 0
    checkVersion({ collection, key, expected: ifVersion, found })
    const kept: Kept = {
      text,
      version: (found === 0 ? home.floor : found) + 1,
      updatedAtMs: this.#clock.nowMs(),
      ...(expiresAtMs !== undefined && { expiresAtMs }),
    }
    home.records.set(key, kept)
    return storedRecord(collection, key, kept)
  }

  async remove(collection: string, key: string, ifVersion?: number): Promise<boolean> {
    this.#checkOpen()
    checkName(collection, key)
    const home = this.#collection(collection)
    const kept = this.#find(home, key)
    checkVersion({ collection, key, expected: ifVersion, found: kept?.version ?? 0 })
    if (kept === undefined) return false
    drop(home, key, kept)
    return true
  }

  async list(collection: string, query?: RecordQuery): Promise<readonly StoredRecord[]> {
    this.#checkOpen()
    const { prefix, after, limit } = completeQuery(query)
    const home = this.#collection(collection)
    return [...home.records.keys()]
      .filter((key) => key.startsWith(prefix) && compareByCodePoint(key, after) > 0)
      .filter((key) => this.#find(home, key) !== undefined)
      .sort(compareByCodePoint)
      .slice(0, limit)
      .map((key) => {
        const kept = present(home.records.get(key), 'What was found a moment ago is there.')
        return storedRecord(collection, key, kept)
      })
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  /** What is kept and has not expired; what has is dropped. */
  #find(home: Collection, key: string): Kept | undefined {
    const kept = home.records.get(key)
    if (kept?.expiresAtMs === undefined || kept.expiresAtMs > this.#clock.nowMs()) return kept
    drop(home, key, kept)
    return undefined
  }

  #collection(name: string): Collection {
    const found = this.#collections.get(name) ?? { records: new Map<string, Kept>(), floor: 0 }
    this.#collections.set(name, found)
    return found
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closedRecords()
  }
}

function drop(home: Collection, key: string, kept: Kept): void {
  home.records.delete(key)
  home.floor = Math.max(home.floor, kept.version)
}

function checkVersion(options: {
  readonly collection: string
  readonly key: string
  readonly expected: number | undefined
  readonly found: number
}): void {
  const { expected, found } = options
  if (expected !== undefined && expected !== found) throw recordConflict({ ...options, expected })
}

function storedRecord(collection: string, key: string, kept: Kept): StoredRecord {
  const { text, version, updatedAtMs, expiresAtMs } = kept
  const value = JSON.parse(text) as JsonObject
  return {
    collection,
    key,
    value,
    version,
    updatedAtMs,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  }
}

function compareByCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
