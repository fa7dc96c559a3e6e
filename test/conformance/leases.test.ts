/** Every adapter of the leases runs the one suite. */

import { SystemClock } from '../../src/clock/system-clock.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { MemoryLeases, MemoryLeaseTable } from '../../src/leases/memory/memory-leases.ts'
import { PostgresLeases } from '../../src/leases/postgres/postgres-leases.ts'
import { SimulatedClock } from '../simulation/simulated-clock.ts'
import { scratchDatabases } from '../support/databases.ts'
import { describeLeases } from './leases.ts'

const LIFETIME_MS = 5000

describeLeases('leases in memory', {
  open: async () => {
    const clock = new SimulatedClock()
    const table = new MemoryLeaseTable(clock)
    return {
      join: async (owner) => new MemoryLeases({ table, owner, lifetimeMs: LIFETIME_MS }),
      expire: async () => {
        const passed = clock.pause(LIFETIME_MS)
        while (clock.step());
        await passed
      },
      discard: async () => undefined,
    }
  },
})

const databases = scratchDatabases()
const LONG_MS = 60_000

describeLeases('leases in PostgreSQL', {
  open: async () => {
    const { url, sql, drop } = await databases.make()
    const opened: Database[] = []
    return {
      join: async (owner) => {
        const own = { clock: new SystemClock(), onTrouble: () => undefined }
        const database = await openDatabase({ url, replica: owner, connectionsMax: 3, ...own })
        opened.push(database)
        return new PostgresLeases({ database, owner, lifetimeMs: LONG_MS })
      },
      // Time is the database's: instead of waiting for it, lives are made older.
      expire: async () => {
        await sql(`UPDATE rampart.lives SET expires_at = expires_at - interval '1 hour'`)
      },
      discard: async () => {
        await Promise.all(opened.map((database) => database.close()))
        await drop()
      },
    }
  },
})
