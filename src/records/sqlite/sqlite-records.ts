/**
 * The records of one machine: a SQLite file beside the ledger. Durable once answered; whoever has
 * expired is not seen from then on, and is swept out now and then.
 */
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
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
import { openStore, RECORDS_FILE, transact, withStore } from './open-store.ts'

/** Where and how records are opened. */
export interface SqliteRecordsOptions {
  /** Holds `server.sqlite`; made, private to its owner, when it is absent. */
  readonly folder: string
  readonly clock: Clock
  /** How long to wait, holding the event loop, for another process's lock. @unit ms @default 2000 */
  readonly busyMs?: number
}

/** How often expired documents are swept out. @unit ms */
const SWEEP_EVERY_MS = 60_000

/** @throws store-unavailable when the file cannot be opened or a newer Rampart has written it. */
export function openSqliteRecords(options: SqliteRecordsOptions): SqliteRecords {
  const { folder, clock, busyMs = 2000 } = options
  return new SqliteRecords(openStore(folder, busyMs), join(folder, RECORDS_FILE), clock)
}

/** Records in one SQLite file; opened by `openSqliteRecords`. */
export class SqliteRecords implements Records {
  readonly #database: DatabaseSync
  readonly #path: string
  readonly #clock: Clock
  readonly #statements: ReturnType<typeof prepareStatements>
  #sweptAtMs = 0
  #isClosed = false

  constructor(database: DatabaseSync, path: string, clock: Clock) {
    this.#database = database
    this.#path = path
    this.#clock = clock
    this.#statements = prepareStatements(database)
  }

  async get(collection: string, key: string): Promise<StoredRecord | undefined> {
    checkName(collection, key)
    return this.#do('read a record', (nowMs) => {
      const row = this.#statements.get.get(collection, key)
      return row === undefined || isExpired(row, nowMs) ? undefined : recordOf(collection, row)
    })
  }

  async put(put: RecordPut): Promise<StoredRecord> {
    const text = printRecord(put)
    const { collection, key, expiresAtMs = null } = put
    return this.#change('keep a record', (nowMs) => {
      this.#checkVersion({ ...put, nowMs })
      const last = this.#statements.lastVersion.get(collection, key, collection)
      const version = Number(last?.['version']) + 1
      this.#statements.put.run(collection, key, text, version, nowMs, expiresAtMs)
      const value = JSON.parse(text) as JsonObject
      const stored = { collection, key, value, version, updatedAtMs: nowMs }
      return expiresAtMs === null ? stored : { ...stored, expiresAtMs }
    })
  }

  async remove(collection: string, key: string, ifVersion?: number): Promise<boolean> {
    checkName(collection, key)
    return this.#change('remove a record', (nowMs) => {
      const expected = ifVersion === undefined ? {} : { ifVersion }
      const found = this.#checkVersion({ collection, key, nowMs, ...expected })
      if (found === 0) return false
      this.#statements.raiseFloor.run(collection, key)
      this.#statements.remove.run(collection, key)
      return true
    })
  }

  async list(collection: string, query?: RecordQuery): Promise<readonly StoredRecord[]> {
    const { prefix, after, limit } = completeQuery(query)
    return this.#do('list records', (nowMs) =>
      this.#statements.list
        .all(collection, after, prefix, prefix, prefix, nowMs, limit)
        .map((row) => recordOf(collection, row)),
    )
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#database.close()
  }

  #change<Value>(operation: string, step: (nowMs: number) => Value): Value {
    return this.#do(operation, (nowMs) =>
      transact(this.#database, () => {
        this.#sweep(nowMs)
        return step(nowMs)
      }),
    )
  }

  #do<Value>(operation: string, step: (nowMs: number) => Value): Value {
    if (this.#isClosed) throw closedRecords()
    return withStore(operation, this.#path, () => step(Math.trunc(this.#clock.nowMs())))
  }

  /** @returns the version there is, 0 when there is none */
  #checkVersion(options: {
    readonly collection: string
    readonly key: string
    readonly nowMs: number
    readonly ifVersion?: number
  }): number {
    const { collection, key, nowMs, ifVersion } = options
    const row = this.#statements.get.get(collection, key)
    const found = row === undefined || isExpired(row, nowMs) ? 0 : Number(row['version'])
    if (ifVersion === undefined || ifVersion === found) return found
    throw recordConflict({ collection, key, expected: ifVersion, found })
  }

  #sweep(nowMs: number): void {
    if (nowMs < this.#sweptAtMs + SWEEP_EVERY_MS && nowMs >= this.#sweptAtMs) return
    this.#sweptAtMs = nowMs
    this.#statements.raiseFloors.run(nowMs)
    this.#statements.sweep.run(nowMs)
  }
}

type Row = Readonly<Record<string, unknown>>

function isExpired(row: Row, nowMs: number): boolean {
  return row['expires_at_ms'] !== null && Number(row['expires_at_ms']) <= nowMs
}

function recordOf(collection: string, row: Row): StoredRecord {
  const stored = {
    collection,
    key: String(row['key']),
    value: JSON.parse(String(row['value'])) as JsonObject,
    version: Number(row['version']),
    updatedAtMs: Number(row['updated_at_ms']),
  }
  const expiresAtMs = row['expires_at_ms']
  return expiresAtMs === null ? stored : { ...stored, expiresAtMs: Number(expiresAtMs) }
}

const COLUMNS = 'key, value, version, updated_at_ms, expires_at_ms'

function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql)
  return {
    get: prepare(`SELECT ${COLUMNS} FROM records WHERE collection = ? AND key = ?`),
    lastVersion: prepare(`SELECT coalesce(
      (SELECT version FROM records WHERE collection = ? AND key = ?),
      (SELECT version FROM floors WHERE collection = ?), 0) AS version`),
    put: prepare('INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?)'),
    remove: prepare('DELETE FROM records WHERE collection = ? AND key = ?'),
    raiseFloor: prepare(`INSERT INTO floors
      SELECT collection, version FROM records WHERE collection = ? AND key = ?
      ON CONFLICT (collection) DO UPDATE SET version = max(version, excluded.version)`),
    raiseFloors: prepare(`INSERT INTO floors
      SELECT collection, max(version) FROM records WHERE expires_at_ms <= ? GROUP BY collection
      ON CONFLICT (collection) DO UPDATE SET version = max(version, excluded.version)`),
    sweep: prepare('DELETE FROM records WHERE expires_at_ms <= ?'),
    list: prepare(`SELECT ${COLUMNS} FROM records
      WHERE collection = ? AND key > ? AND key >= ? AND substr(key, 1, length(?)) = ?
        AND (expires_at_ms IS NULL OR expires_at_ms > ?)
      ORDER BY key LIMIT ?`),
  } as const
}
