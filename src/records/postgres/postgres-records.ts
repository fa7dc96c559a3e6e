/**
 * The records of several replicas, in PostgreSQL. What is expired is so by the clock of whoever asks;
 * replicas whose clocks differ by seconds differ by seconds about it.
 */

import type { JsonObject } from '../../core/units/json.ts'
import type { Database, Row } from '../../database/database.ts'
import type { Deed } from '../../database/database-fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { RecordPut, RecordQuery, Records, StoredRecord } from '../../seams/records.ts'
import {
  checkName,
  closedRecords,
  completeQuery,
  printRecord,
  recordConflict,
} from '../document/check-record.ts'

/** How often expired documents are swept out. @unit ms */
const SWEEP_EVERY_MS = 60_000

const COLUMNS = 'key, value, version, updated_at_ms, expires_at_ms'

const GET = {
  name: 'get-record',
  text: `SELECT ${COLUMNS} FROM rampart.records WHERE collection = $1 AND key = $2
    AND (expires_at_ms IS NULL OR expires_at_ms > $3)`,
}
const PUT = {
  name: 'put-record',
  text: 'SELECT there, new_version FROM rampart.put_record_1($1, $2, $3, $4, $5, $6)',
}
const REMOVE = {
  name: 'remove-record',
  text: 'SELECT there, is_removed FROM rampart.remove_record_1($1, $2, $3, $4)',
}
const LIST = {
  name: 'list-records',
  text: `SELECT ${COLUMNS} FROM rampart.records
    WHERE collection = $1 AND key > $2 AND key >= $3 AND starts_with(key, $3)
      AND (expires_at_ms IS NULL OR expires_at_ms > $4)
    ORDER BY key LIMIT $5`,
}
const SWEEP = { name: 'sweep-records', text: 'SELECT rampart.sweep_records_1($1)' }

/** Records in one database, which stays open when they are closed. */
export class PostgresRecords implements Records {
  readonly #database: Database
  readonly #clock: Clock
  #sweptAtMs: number
  #isClosed = false

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    this.#sweptAtMs = clock.nowMs()
  }

  async get(collection: string, key: string): Promise<StoredRecord | undefined> {
    checkName(collection, key)
    const [row] = await this.#query('read a record', GET, [collection, key, this.#nowMs()])
    return row && recordOf(collection, row)
  }

  async put(put: RecordPut): Promise<StoredRecord> {
    const text = printRecord(put)
    const { collection, key, ifVersion = null, expiresAtMs = null } = put
    const updatedAtMs = this.#nowMs()
    await this.#sweep(updatedAtMs)
    const values = [collection, key, text, ifVersion, updatedAtMs, expiresAtMs]
    const [row = []] = await this.#query('keep a record', PUT, values)
    const [found, version] = row
    if (version === null) throw conflict(put, found)
    const value = JSON.parse(text) as JsonObject
    const stored = { collection, key, value, version: Number(version), updatedAtMs }
    return expiresAtMs === null ? stored : { ...stored, expiresAtMs }
  }

  async remove(collection: string, key: string, ifVersion?: number): Promise<boolean> {
    checkName(collection, key)
    const values = [collection, key, ifVersion ?? null, this.#nowMs()]
    const [row = []] = await this.#query('remove a record', REMOVE, values)
    const [found, isRemoved] = row
    if (ifVersion !== undefined && ifVersion !== found) {
      throw conflict({ collection, key, ifVersion }, found)
    }
    return isRemoved === true
  }

  async list(collection: string, query?: RecordQuery): Promise<readonly StoredRecord[]> {
    const { prefix, after, limit } = completeQuery(query)
    const values = [collection, after, prefix, this.#nowMs(), limit]
    const rows = await this.#query('list records', LIST, values)
    return rows.map((row) => recordOf(collection, row))
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  async #sweep(nowMs: number): Promise<void> {
    if (nowMs < this.#sweptAtMs + SWEEP_EVERY_MS) return
    this.#sweptAtMs = nowMs
    await this.#query('sweep records', SWEEP, [nowMs])
  }

  #query(
    operation: string,
    statement: { readonly name: string; readonly text: string },
    values: readonly unknown[],
  ): Promise<Row[]> {
    if (this.#isClosed) return Promise.reject(closedRecords())
    const deed: Deed = { code: 'store-unavailable', operation }
    return this.#database.query(deed, statement, values)
  }

  #nowMs(): number {
    return Math.trunc(this.#clock.nowMs())
  }
}

function conflict(
  { collection, key, ifVersion = 0 }: Pick<RecordPut, 'collection' | 'key' | 'ifVersion'>,
  found: unknown,
): Error {
  return recordConflict({ collection, key, expected: ifVersion, found: Number(found) })
}

function recordOf(collection: string, row: Row): StoredRecord {
  const [key, value, version, updatedAtMs, expiresAtMs] = row
  const stored = {
    collection,
    key: String(key),
    value: JSON.parse(String(value)) as JsonObject,
    version: Number(version),
    updatedAtMs: Number(updatedAtMs),
  }
  return expiresAtMs === null ? stored : { ...stored, expiresAtMs: Number(expiresAtMs) }
}
