/** Every adapter of the mailbox runs the one suite. */
import { SystemClock } from '../../src/clock/system-clock.ts'
import { MemoryMailbox, MemoryPostOffice } from '../../src/mailbox/memory/memory-mailbox.ts'
import { scratchDatabases } from '../support/databases.ts'
import { openPostgresTrial } from '../support/postgres-trials.ts'
import { describeMailbox } from './mailbox.ts'

describeMailbox('a mailbox in memory', {
  open: async () => {
    const office = new MemoryPostOffice(new SystemClock())
    return { join: async () => new MemoryMailbox({ office }), discard: async () => undefined }
  },
})

const databases = scratchDatabases()

describeMailbox('a mailbox in PostgreSQL', {
  open: async () => {
    const { join, discard } = await openPostgresTrial(databases)
    return { join: async () => (await join()).mailbox, discard }
  },
})
