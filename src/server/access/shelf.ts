/**
 * One collection of records in its own type. What was written by another version, and reads as nothing
 * this one knows, is as if it were absent: whoever it spoke for must sign in again, and nobody more.
 */
import type { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import type { RecordQuery, Records, StoredRecord } from '../../seams/records.ts'

/** As many at once as the store gives. */
const PAGE = 5_000

/** A value in its place. */
export interface Shelved<Value> {
  readonly key: string
  readonly value: Value
  readonly version: number
}

/** How a value is put. */
export interface Placing {
  /** The version that is to be replaced; 0: there must be none. */
  readonly ifVersion?: number
  readonly expiresAtMs?: number
}

/** Values of one type, by key. */
export class Shelf<Value extends object> {
  readonly #records: Records
  readonly #collection: string
  readonly #schema: z.ZodType<Value>

  constructor(records: Records, collection: string, schema: z.ZodType<Value>) {
    this.#records = records
    this.#collection = collection
    this.#schema = schema
  }

  /** Undefined when there is none. */
  async get(key: string): Promise<Shelved<Value> | undefined> {
    const record = await this.#records.get(this.#collection, key)
    if (record === undefined) return undefined
    const parsed = this.#schema.safeParse(record.value)
    return parsed.success ? { key, value: parsed.data, version: record.version } : undefined
  }

  /** Undefined when there is none. */
  async versionOf(key: string): Promise<number | undefined> {
    return (await this.get(key))?.version
  }

  /** @returns its version @throws record-conflict when `ifVersion` is not the version there is */
  async put(key: string, value: Value, placing: Placing = {}): Promise<number> {
    const json = JSON.parse(JSON.stringify(value)) as JsonObject
    const put = { collection: this.#collection, key, value: json, ...placing }
    return (await this.#records.put(put)).version
  }

  /**
   * False when there was none, so that of several who take one away, one knows it did.
   *
   * @throws record-conflict when `ifVersion` is given and is not the version there is
   */
  remove(key: string, ifVersion?: number): Promise<boolean> {
    return this.#records.remove(this.#collection, key, ifVersion)
  }

  /** In the order of keys. */
  async list(query: RecordQuery = {}): Promise<readonly Shelved<Value>[]> {
    return this.#known(await this.#records.list(this.#collection, query))
  }

  /** All of them, however many there are, in the order of keys. */
  async listAll(): Promise<readonly Shelved<Value>[]> {
    const all: Shelved<Value>[] = []
    let after = ''
    for (;;) {
      const page = await this.#records.list(this.#collection, { after, limit: PAGE })
      all.push(...this.#known(page))
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return all
      after = last.key
    }
  }

  #known(records: readonly StoredRecord[]): readonly Shelved<Value>[] {
    return records.flatMap(({ key, value, version }) => {
      const parsed = this.#schema.safeParse(value)
      return parsed.success ? [{ key, value: parsed.data, version }] : []
    })
  }
}
