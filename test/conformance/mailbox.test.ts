/** Every adapter of the mailbox runs the one suite. */
import { SystemClock } from '../../src/clock/system-clock.ts'
import { MemoryMailbox, MemoryPostOffice } from '../../src/mailbox/memory/memory-mailbox.ts'
import { describeMailbox } from './mailbox.ts'

describeMailbox('a mailbox in memory', {
  open: async () => {
    const office = new MemoryPostOffice(new SystemClock())
    return { join: async () => new MemoryMailbox({ office }), discard: async () => undefined }
  },
})
