/**
 * A connection broke after a group was sent: was it written? The answer is found out, however long the
 * database is away, because whoever appends must be able to rely on either answer.
 */

import { present } from '../../core/fault/assert.ts'
import { isFault } from '../../core/fault/fault.ts'
import { type Database, rowsOf } from '../../database/database.ts'
import type { Deed } from '../../database/database-fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Composition } from './compose.ts'
import { LOCK_HEAD, READ_HASH } from './statements.ts'

/** What is in doubt. */
export interface Doubt {
  readonly database: Database
  readonly composed: Composition
  readonly clock: Clock
  /** Aborts when nobody waits for the answer any more. */
  readonly closing: AbortSignal
}

const DEED: Deed = { code: 'ledger-unavailable', operation: 'find out what was appended' }
const PAUSE_FIRST_MS = 50
const PAUSE_MOST_MS = 2000

/**
 * Whether the group was written. When it was not, it never will be: the epoch is raised, so that the
 * attempt has no effect even where it still waits in the server or on its way there.
 *
 * @throws ledger-unavailable when the ledger is closed before the database is back
 */
export async function settleDoubt(doubt: Doubt): Promise<boolean> {
  for (let pauseMs = PAUSE_FIRST_MS; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MOST_MS)) {
    try {
      return await lookUnderLock(doubt)
    } catch (thrown) {
      if (!isFault(thrown, 'ledger-unavailable') || doubt.closing.aborted) throw thrown
      await pause(doubt, pauseMs)
    }
  }
}

function lookUnderLock({ database, composed }: Doubt): Promise<boolean> {
  const last = present(composed.recorded.at(-1), 'A group without entries is never in doubt.')
  return database.transact(DEED, 'BEGIN', async (client) => {
    await rowsOf(client, LOCK_HEAD, [])
    const [row] = await rowsOf(client, READ_HASH, [last.position])
    if (row?.[0] === last.hash) return true
    await client.query('UPDATE rampart.head SET epoch = epoch + 1 WHERE id = 1')
    return false
  })
}

function pause({ clock, closing }: Doubt, pauseMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.wakeAt(clock.nowMs() + pauseMs, done)
    function done(): void {
      timer.cancel()
      closing.removeEventListener('abort', done)
      resolve()
    }
    closing.addEventListener('abort', done)
  })
}
