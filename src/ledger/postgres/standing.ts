/** Looks at where the chain and its streams end, with or without keeping others from moving it. */
import type { ClientBase } from 'pg'
import { type Row, rowsOf } from '../../database/database.ts'
import type { PreparedAppend } from '../chain/admission.ts'
import { type EpochHead, endOfRow, headOfRow } from './rows.ts'
import { LOCK_HEAD, LOCK_LEASES, READ_ENDS, READ_HEAD, READ_LAST } from './statements.ts'

/** The head as it is kept, and the position and hash of the entry that is really last. */
export interface StoredHead {
  readonly head: EpochHead | undefined
  readonly last: Row | undefined
}

/** What a group needs to know to be composed. */
export interface LockedStanding extends StoredHead {
  readonly ends: ReadonlyMap<string, number>
  readonly tokens: ReadonlyMap<string, number>
}

/** Looks without locking; what it says may be past already. */
export async function readStoredHead(client: ClientBase): Promise<StoredHead> {
  // In one snapshot: between two statements another replica may have gone on.
  const [, heads, lasts] = await Promise.all([
    client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'),
    rowsOf(client, READ_HEAD, []),
    rowsOf(client, READ_LAST, []),
    client.query('COMMIT'),
  ])
  return storedHead(heads, lasts)
}

/**
 * Begins a transaction and locks the head, then the leases. Each is a statement of its own, since a
 * statement that waits for a lock sees everything else as it was before it waited; they are sent
 * together, so that the head is locked for one answer and not for four.
 */
export async function lockStanding(
  client: ClientBase,
  group: readonly PreparedAppend[],
): Promise<LockedStanding> {
  const streams = [...new Set(group.map(({ append }) => append.stream))]
  const subjects = [...new Set(group.flatMap(({ append }) => append.lease?.subject ?? []))]
  const [, heads, lasts, ends, leases] = await Promise.all([
    client.query('BEGIN'),
    rowsOf(client, LOCK_HEAD, []),
    rowsOf(client, READ_LAST, []),
    streams.length === 0 ? [] : rowsOf(client, READ_ENDS, [streams]),
    subjects.length === 0 ? [] : rowsOf(client, LOCK_LEASES, [subjects]),
  ])
  return {
    ...storedHead(heads, lasts),
    ends: new Map(ends.map(endOfRow)),
    tokens: new Map(leases.map(([subject, token]) => [String(subject), Number(token)])),
  }
}

/** The last sequences of streams. */
export async function readEnds(
  client: ClientBase,
  streams: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  return new Map((await rowsOf(client, READ_ENDS, [streams])).map(endOfRow))
}

function storedHead(heads: readonly Row[], lasts: readonly Row[]): StoredHead {
  const [head] = heads
  return { head: head && headOfRow(head), last: lasts[0] }
}
