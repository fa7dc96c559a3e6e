/** Every adapter of the ledger runs the one suite, and follows the one model. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryLedger } from '../../src/ledger/memory/memory-ledger.ts'
import { openSqliteLedger, type SqliteLedger } from '../../src/ledger/sqlite/sqlite-ledger.ts'
import type { Clock } from '../../src/seams/clock.ts'
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

describeLedger('the ledger in memory', memory)
describeLedger('the ledger in a SQLite file', sqlite)
describeLedgerModel('the ledger in memory', { subject: memory, runs: 100 })
describeLedgerModel('the ledger in a SQLite file', { subject: sqlite, runs: 25 })
