/** Every adapter of the ledger runs the one suite, and follows the one model. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { Sealing } from '../../src/database/sealing.ts'
import { MemoryLedger } from '../../src/ledger/memory/memory-ledger.ts'
import {
  openPostgresLedger,
  type PostgresLedger,
} from '../../src/ledger/postgres/postgres-ledger.ts'
import { openSqliteLedger, type SqliteLedger } from '../../src/ledger/sqlite/sqlite-ledger.ts'
import type { Clock } from '../../src/seams/clock.ts'
import { scratchDatabases } from '../support/databases.ts'
import { describeLedger, type LedgerSubject, type LedgerTrial } from './ledger.ts'
import { describeLedgerModel } from './ledger-model.ts'

const clock: Clock = { nowMs: () => 1_760_000_000_000, wakeAt: () => ({ cancel() {} }) }

const memory: LedgerSubject = {
  open: async () => {
    const ledger = new MemoryLedger()
    return { ledger, discard: () => ledger.close() }
  },
  whyNotDurable: 'a ledger in memory is gone with its process',
}

const sqlite: LedgerSubject = { open: openSqliteTrial }

async function openSqliteTrial(): Promise<LedgerTrial> {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-ledger-'))
  const opened: SqliteLedger[] = []
  const open = () => {
    const ledger = openSqliteLedger({ folder, clock, checkpointEvery: 500 })
    opened.push(ledger)
    return ledger
  }
  return {
    ledger: open(),
    reopen: async () => open(),
    discard: async () => {
      for (const ledger of opened) await ledger.close()
      await rm(folder, { recursive: true })
    },
  }
}

const databases = scratchDatabases()
const postgres: LedgerSubject = { open: openPostgresTrial }

async function openPostgresTrial(): Promise<LedgerTrial> {
  const { url, drop } = await databases.make()
  const opened: { readonly database: Database; readonly ledger: PostgresLedger }[] = []
  const sealing = new Sealing(Buffer.alloc(32, 7), 'ledger key')
  const open = async () => {
    const own = { clock: new SystemClock(), onTrouble: () => undefined }
    const database = await openDatabase({ url, replica: 'trial', connectionsMax: 3, ...own })
    const ledger = await openPostgresLedger({ database, sealing, clock, checkpointEvery: 500 })
    opened.push({ database, ledger })
    return ledger
  }
  return {
    ledger: await open(),
    reopen: open,
    discard: async () => {
      for (const { ledger, database } of opened) {
        await ledger.close()
        await database.close()
      }
      await drop()
    },
  }
}

describeLedger('the ledger in memory', memory)
describeLedger('the ledger in a SQLite file', sqlite)
describeLedger('the ledger in PostgreSQL', postgres)
describeLedgerModel('the ledger in memory', { subject: memory, runs: 100 })
describeLedgerModel('the ledger in a SQLite file', { subject: sqlite, runs: 25 })
describeLedgerModel('the ledger in PostgreSQL', { subject: postgres, runs: 10 })
