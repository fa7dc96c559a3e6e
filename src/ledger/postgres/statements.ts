/** The statements of the ledger that are prepared once for each connection. */
import type { Statement } from '../../database/database.ts'
import { CHECKPOINT_COLUMNS, HEAD_COLUMNS, LINK_COLUMNS } from './rows.ts'

/**
 * Writes a group at once, so that nobody waits for a client while the head is locked; what is written
 * depends on whether the head was moved. `moved`: it was not where the caller believes; `fenced`: a lease
 * is not the latest one. In both cases nothing is written. As one statement it takes three quarters of the
 * time that a function of as many takes.
 *
 * Leases are locked before the head here, and after it by whoever locks the head first: both share them,
 * so that neither waits for the other. Streams, texts and hashes come one a line, which none of them can
 * contain: an array's own form would escape every quote of a text, there and back.
 */
export const APPEND: Statement = {
  name: 'append',
  text: `WITH held AS (
      SELECT leases.subject FROM rampart.leases
        JOIN unnest($4::text[], $5::bigint[]) AS given (subject, token) USING (subject)
      WHERE leases.token = given.token ORDER BY leases.subject FOR SHARE OF leases),
    moved AS (
      UPDATE rampart.head SET position = $1::bigint + cardinality($7::bigint[]), hash = $10,
        checkpoints = $11, checkpoint_position = $12, seal = $13
      WHERE id = 1 AND position = $1::bigint AND hash = $2 AND epoch = $3
        AND (SELECT count(*) FROM held) = cardinality($4::text[]) RETURNING 1),
    written AS (
      INSERT INTO rampart.entries (position, stream, sequence, text, hash)
      SELECT $1::bigint + number, stream, sequence, text, hash
      FROM unnest(string_to_array($6, E'\\n'), $7::bigint[], string_to_array($8, E'\\n'),
          string_to_array($9, E'\\n')) WITH ORDINALITY
        AS entry (stream, sequence, text, hash, number)
      WHERE EXISTS (SELECT FROM moved)),
    signed AS (
      INSERT INTO rampart.checkpoints (number, position, hash, at_ms, public_key, signature)
      SELECT $11, $12, $10, $14::bigint, $15::text, $16::text
      WHERE $16::text IS NOT NULL AND EXISTS (SELECT FROM moved))
    SELECT CASE WHEN EXISTS (SELECT FROM moved) THEN 'written'
        WHEN (SELECT count(*) FROM held) = cardinality($4::text[]) THEN 'moved' ELSE 'fenced' END,
      CASE WHEN cardinality($7::bigint[]) > 0 AND EXISTS (SELECT FROM moved)
        THEN pg_notify('rampart_appended', $17) END`,
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
