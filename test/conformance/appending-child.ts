/** Appends to a ledger for ever and says each time what was acknowledged; made to be killed. */
import { writeSync } from 'node:fs'
import { openSqliteLedger } from '../../src/ledger/sqlite/sqlite-ledger.ts'
import { entryOf } from './ledger.ts'

const [folder = '', stream = ''] = process.argv.slice(2)
const clock = { nowMs: () => 1_760_000_000_000, wakeAt: () => ({ cancel() {} }) }
const ledger = openSqliteLedger({ folder, clock, checkpointEvery: 50 })
const [summary] = (await ledger.streams()).filter((known) => known.stream === stream)

for (let after = summary?.sequence ?? 0; ; after += 3) {
  const entries = [1, 2, 3].map((offset) => entryOf(after + offset))
  const recorded = await ledger.append({ stream, after, entries })
  writeSync(1, `${recorded.at(-1)?.sequence}\n`)
}
