/** The statements of the ledger that are prepared once for each connection. */
import type { Statement } from '../../database/database.ts'
import { CHECKPOINT_COLUMNS, HEAD_COLUMNS, LINK_COLUMNS } from './rows.ts'

/** Writes a group; see the function's own words in the schema. */
export const APPEND: Statement = {
  name: 'append',
  text: `SELECT rampart.append_2($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
    $14, $15, $16, $17)`,
}

export const SAVE_SNAPSHOT: Statement = {
  name: 'save-snapshot',
  text: `INSERT INTO rampart.snapshots AS kept VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (stream) DO UPDATE SET sequence = excluded.sequence,
      fold_version = excluded.fold_version, state = excluded.state, seal = excluded.seal
    WHERE excluded.sequence >= kept.sequence`,
}

export const READ_SNAPSHOT: Statement = {
  name: 'read-snapshot',
  text: 'SELECT sequence, fold_version, state, seal FROM rampart.snapshots WHERE stream = $1',
}

export const READ_HEAD: Statement = {
  name: 'read-head',
  text: `SELECT ${HEAD_COLUMNS} FROM rampart.head WHERE id = 1`,
}

export const READ_CHECKPOINT: Statement = {
  name: 'read-checkpoint',
  text: `SELECT ${CHECKPOINT_COLUMNS} FROM rampart.checkpoints WHERE position >= $1
    ORDER BY number LIMIT 1`,
}

export const LOCK_HEAD: Statement = {
  name: 'lock-head',
  text: `SELECT ${HEAD_COLUMNS} FROM rampart.head WHERE id = 1 FOR UPDATE`,
}

export const READ_LAST: Statement = {
  name: 'read-last',
  text: 'SELECT position, hash FROM rampart.entries ORDER BY position DESC LIMIT 1',
}

export const READ_ENDS: Statement = {
  name: 'read-ends',
  text: `SELECT stream, coalesce((SELECT max(sequence) FROM rampart.entries AS entry
      WHERE entry.stream = given.stream), 0)
    FROM unnest($1::text[]) AS given (stream)`,
}

/** In the order of subjects, as leases are always locked. */
export const LOCK_LEASES: Statement = {
  name: 'lock-leases',
  text: `SELECT subject, token FROM rampart.leases WHERE subject = ANY ($1)
    ORDER BY subject FOR SHARE`,
}

export const READ_HASH: Statement = {
  name: 'read-hash',
  text: 'SELECT hash FROM rampart.entries WHERE position = $1',
}

export const READ_PAGE: Statement = {
  name: 'read-page',
  text: `SELECT ${LINK_COLUMNS} FROM rampart.entries WHERE position > $1 AND position <= $2
    ORDER BY position`,
}

/** With the hash of the entry before each in the ledger. */
export const READ_STREAM: Statement = {
  name: 'read-stream',
  text: `SELECT entries.position, entries.stream, entries.sequence, entries.text, entries.hash,
      before.hash
    FROM rampart.entries LEFT JOIN rampart.entries AS before
      ON before.position = entries.position - 1
    WHERE entries.stream = $1 AND entries.sequence > $2 AND entries.sequence <= $3
    ORDER BY entries.sequence`,
}

export const READ_STREAMS: Statement = {
  name: 'read-streams',
  text: `SELECT opening.stream, latest.sequence, opening.text::json ->> 'atMs',
      latest.text::json ->> 'atMs', latest.text::json ->> 'type'
    FROM rampart.entries AS opening
    CROSS JOIN LATERAL (
      SELECT sequence, text FROM rampart.entries AS entry WHERE entry.stream = opening.stream
      ORDER BY sequence DESC LIMIT 1) AS latest
    WHERE opening.sequence = 1 ORDER BY opening.position`,
}

/** Which streams have grown since a position. */
export const READ_NEWS: Statement = {
  name: 'read-news',
  text: 'SELECT DISTINCT stream FROM rampart.entries WHERE position > $1 LIMIT 1001',
}

export const CHECK_HEALTH: Statement = {
  name: 'check-health',
  text: `SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint,
      pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on',
      (SELECT text::json ->> 'atMs' FROM rampart.entries ORDER BY position DESC LIMIT 1),
      number, compatible_from
    FROM rampart.schema`,
  withinMs: 5000,
}
