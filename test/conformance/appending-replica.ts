/** Appends to a ledger in PostgreSQL for ever and says each time what was acknowledged; made to be killed. */
import { writeSync } from 'node:fs'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { isFault } from '../../src/core/fault/fault.ts'
import { openPostgresStore } from '../../src/daemon/open-postgres-store.ts'
import { TRIAL_KEY } from '../support/postgres-trials.ts'
import { entryOf } from './ledger.ts'

const [url = '', stream = ''] = process.argv.slice(2)
const { ledger } = await openPostgresStore({
  url,
  key: TRIAL_KEY,
  clock: new SystemClock(),
  replica: stream,
  onTrouble: () => undefined,
  checkpointEvery: 50,
  connectionsMax: 3,
})
const known = await ledger.streams()
let after = known.find((summary) => summary.stream === stream)?.sequence ?? 0

for (;;) {
  const entries = [1, 2, 3].map((offset) => entryOf(after + offset))
  try {
    const recorded = await ledger.append({ stream, after, entries })
    after += 3
    writeSync(1, `${recorded.at(-1)?.sequence}\n`)
  } catch (thrown) {
    if (!isFault(thrown, 'ledger-unavailable')) throw thrown
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
