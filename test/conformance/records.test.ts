/** Every adapter of the records runs the one suite. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryRecords } from '../../src/records/memory/memory-records.ts'
import { openSqliteRecords, type SqliteRecords } from '../../src/records/sqlite/sqlite-records.ts'
import type { Clock } from '../../src/seams/clock.ts'
import { scratchDatabases } from '../support/databases.ts'
import { openPostgresTrial } from '../support/postgres-trials.ts'
import { describeRecords, type RecordsTrial } from './records.ts'

describeRecords('records in memory', {
  open: async (clock) => {
    const records = new MemoryRecords(clock)
    return { records, discard: () => records.close() }
  },
  whyNotDurable: 'records in memory are gone with their process',
})

describeRecords('records in a SQLite file', { open: openSqliteTrial })

async function openSqliteTrial(clock: Clock): Promise<RecordsTrial> {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-records-'))
  const opened: SqliteRecords[] = []
  const open = () => {
    const records = openSqliteRecords({ folder, clock })
    opened.push(records)
    return records
  }
  return {
    records: open(),
    reopen: async () => open(),
    discard: async () => {
      for (const records of opened) await records.close()
      await rm(folder, { recursive: true })
    },
  }
}

const databases = scratchDatabases()

describeRecords('records in PostgreSQL', {
  open: async (clock) => {
    const { join, discard } = await openPostgresTrial(databases)
    const open = async () => (await join({ clock })).records
    return { records: await open(), reopen: open, discard }
  },
})
