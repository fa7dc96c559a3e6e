/** Takes the image of the records in a SQLite file, and makes a file of an image. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type RecordsPart, recordPart } from '../document/records-image.ts'
import { openStore, RECORDS_FILE, withStore } from './open-store.ts'

const BUSY_MS = 5000

/** The image of the records in a folder; nothing when there are none. @throws store-unavailable */
export function* readSqliteRecordsImage(folder: string): Generator<RecordsPart> {
  const path = join(folder, RECORDS_FILE)
  if (!existsSync(path)) return
  const database = openStore(folder, BUSY_MS)
  try {
    withStore('read the records', path, () => database.exec('BEGIN'))
    const floors = database.prepare('SELECT collection, version FROM floors')
    for (const { collection, version } of floors.iterate()) {
      yield { part: 'floor', collection: String(collection), version: Number(version) }
    }
    const records = database.prepare(`SELECT collection, key, value, version, updated_at_ms,
      expires_at_ms FROM records ORDER BY collection, key`)
    for (const row of records.iterate()) yield recordPart(Object.values(row))
  } finally {
    database.close()
  }
}

/** Writes an image into a folder that has no records. Whoever gave up half-way removes the folder. */
export class SqliteRecordsImageWriter {
  readonly #database: DatabaseSync

  constructor(folder: string) {
    this.#database = openStore(folder, BUSY_MS)
    this.#database.exec('BEGIN IMMEDIATE')
  }

  take(piece: RecordsPart): void {
    if (piece.part === 'floor') {
      const { collection, version } = piece
      this.#database.prepare('INSERT INTO floors VALUES (?, ?)').run(collection, version)
      return
    }
    const { collection, key, text, version, updatedAtMs, expiresAtMs = null } = piece
    this.#database
      .prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)')
      .run(collection, key, text, version, updatedAtMs, expiresAtMs)
  }

  /** Everything is on the disk afterwards, in one file. */
  finish(): void {
    this.#database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
    this.close()
  }

  /** Idempotent. */
  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }
}
