/**
 * Rows as they come from SQLite, read as what they must be. A damaged file can hold anything in any
 * column, so nothing is believed before its type was looked at.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { Fault } from '../../core/fault/fault.ts'
import type { HashedLink } from '../chain/link.ts'
import type { Checkpoint, SealedHead } from '../chain/statement.ts'

/** The columns of a row, in the order of the query. */
export type Row = readonly SQLOutputValue[]

/** A row of a statement that returns arrays, which its declared type does not know of. */
export function rowOf(row: unknown): Row | undefined {
  return row === undefined ? undefined : (row as Row)
}

/** The rows of a statement that returns arrays. */
export function rowsOf(rows: readonly unknown[]): readonly Row[] {
  return rows as readonly Row[]
}

/** A statement whose rows come as arrays: less to make for every entry. */
export function prepareRows(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql)
  statement.setReturnArrays(true)
  return statement
}

/** The columns of an entry, in the order of `linkOfRow`. */
export const LINK_COLUMNS = 'position, stream, sequence, text, hash'

/** An entry's row. @throws ledger-corrupt when a column holds something else. */
export function linkOfRow(row: Row): HashedLink {
  const [position, stream, sequence, text, hash] = row
  if (
    typeof position !== 'number' ||
    typeof stream !== 'string' ||
    typeof sequence !== 'number' ||
    typeof text !== 'string' ||
    typeof hash !== 'string'
  ) {
    throw damagedRow(`entry ${position}`)
  }
  return { position, stream, sequence, text, hash }
}

/** A stream's place in the ledger. */
export interface StreamEnds {
  /** The sequence of its last entry. */
  readonly sequence: number
  /** The positions of its first and last entries. */
  readonly first: number
  readonly last: number
}

/** The columns of a stream's ends, in the order of `endsOfRow`. */
export const ENDS_COLUMNS = 'sequence, first, last'

/** A stream's row. @throws ledger-corrupt when a column holds something else. */
export function endsOfRow(row: Row): StreamEnds {
  const [sequence, first, last] = row
  if (typeof sequence !== 'number' || typeof first !== 'number' || typeof last !== 'number') {
    throw damagedRow('the ends of a stream')
  }
  return { sequence, first, last }
}

/** The columns of a checkpoint, in the order of `checkpointOfRow`. */
export const CHECKPOINT_COLUMNS = 'number, position, hash, at_ms, public_key, signature'

/** A checkpoint's row. @throws ledger-corrupt when a column holds something else. */
export function checkpointOfRow(row: Row): Checkpoint {
  const [number, position, hash, atMs, publicKey, signature] = row
  if (
    typeof number !== 'number' ||
    typeof position !== 'number' ||
    typeof hash !== 'string' ||
    typeof atMs !== 'number' ||
    typeof publicKey !== 'string' ||
    typeof signature !== 'string'
  ) {
    throw damagedRow(`checkpoint ${number}`)
  }
  return { number, position, hash, atMs, publicKey, signature }
}

/** The columns of the head, in the order of `headOfRow`. */
export const HEAD_COLUMNS = 'position, hash, checkpoints, checkpoint_position, seal'

/** The head's row. @throws ledger-corrupt when a column holds something else. */
export function headOfRow(row: Row): SealedHead {
  const [position, hash, checkpoints, checkpointPosition, seal] = row
  if (
    typeof position !== 'number' ||
    typeof hash !== 'string' ||
    typeof checkpoints !== 'number' ||
    typeof checkpointPosition !== 'number' ||
    typeof seal !== 'string'
  ) {
    throw damagedRow('the head')
  }
  return { position, hash, checkpoints, checkpointPosition, seal }
}

/** The fault of a row that holds what we never write. */
export function damagedRow(subject: string): Fault {
  return new Fault({
    code: 'ledger-corrupt',
    operation: 'read the ledger',
    subject,
    hint: 'A column holds a value of another type than was written.',
  })
}
