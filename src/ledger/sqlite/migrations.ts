/**
 * The schema, as numbered steps. A step that has been released is never edited: a change is a new step,
 * and an entry's text and hash are never rewritten by one.
 *
 * `entries.previous` is the position of the stream's entry before (0 before its first), and `streams`
 * holds the positions of both ends: a stream is read along these, because an index over all entries
 * would cost more than the entries themselves (docs/decisions/0005).
 */

import { DatabaseSync } from 'node:sqlite'

/** One step of the schema. */
export interface Migration {
  /** From 1, without gaps; kept in the file's `user_version`. */
  readonly number: number
  readonly sql: string
}

/** Marks the file as a Rampart ledger: `RMPT` in ASCII. */
export const APPLICATION_ID = 0x524d5054

/** Every step, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    sql: `
      CREATE TABLE entries (
        position INTEGER PRIMARY KEY,
        stream TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        previous INTEGER NOT NULL,
        text TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      CREATE TABLE streams (
        stream TEXT PRIMARY KEY,
        sequence INTEGER NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE head (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        position INTEGER NOT NULL,
        hash TEXT NOT NULL,
        checkpoints INTEGER NOT NULL,
        checkpoint_position INTEGER NOT NULL,
        seal TEXT NOT NULL
      ) STRICT;
      CREATE TABLE checkpoints (
        number INTEGER PRIMARY KEY,
        position INTEGER NOT NULL,
        hash TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        public_key TEXT NOT NULL,
        signature TEXT NOT NULL
      ) STRICT;
      CREATE TABLE snapshots (
        stream TEXT PRIMARY KEY,
        sequence INTEGER NOT NULL,
        fold_version INTEGER NOT NULL,
        state TEXT NOT NULL,
        seal TEXT NOT NULL
      ) STRICT;`,
  },
]

/** What the schema of a file at this version must be, as SQLite itself writes it down. */
export function expectedSchema(version: number): string {
  const database = new DatabaseSync(':memory:')
  for (const migration of MIGRATIONS.slice(0, version)) database.exec(migration.sql)
  const schema = readSchema(database)
  database.close()
  return schema
}

/** What a database says its tables, indexes and triggers are. */
export function readSchema(database: DatabaseSync): string {
  const rows = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema').all()
  return rows
    .map((row) => Object.values(row).join(' '))
    .sort()
    .join('\n')
}
