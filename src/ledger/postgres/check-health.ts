/**
 * Looks whether the ledger could be written, writing nothing and locking nothing: a standby, a database
 * that was made read-only and a schema that has gone on are found before an append meets them.
 */
import { Fault } from '../../core/fault/fault.ts'
import type { Database } from '../../database/database.ts'
import { checkVersion } from '../../database/migrate.ts'
import { MIGRATIONS } from '../../database/migrations.ts'
import type { LedgerHealth } from '../../seams/ledger.ts'
import { CHECK_HEALTH } from './statements.ts'

const OPERATION = 'check the ledger'

/** @throws ledger-unavailable, ledger-newer */
export async function checkHealth(database: Database): Promise<LedgerHealth> {
  const deed = { code: 'ledger-unavailable', operation: OPERATION } as const
  const [row = []] = await database.query(deed, CHECK_HEALTH, [])
  const [storeMs, isReadOnly, latestMs, number, compatibleFrom] = row
  const version = { number: Number(number), compatibleFrom: Number(compatibleFrom) }
  checkVersion(version, MIGRATIONS.length, database.subject)
  if (isReadOnly === true) {
    const hint = 'The database is read-only: a standby, or it was told so. Name the primary.'
    throw new Fault({ ...deed, subject: database.subject, hint })
  }
  const latest = latestMs === null ? {} : { latestMs: Number(latestMs) }
  return { storeMs: Number(storeMs), ...latest }
}
