/** `rampart replay`: folds a ramp's entries again and decides anew; both must agree with the ledger. */
import { fold } from '../../core/ramp/fold.ts'
import { replay } from '../../core/ramp/replay.ts'
import type { Recorded } from '../../seams/ledger.ts'
import type { RampartClient } from '../../server/client/client.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { summaryOf } from '../summary.ts'
import { withDaemon } from '../workspace.ts'

/** Replays a ramp; exit 1 at the first decision that this version would not have taken. */
export function runReplay(
  parts: CliParts,
  ramp: string,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const { state } = await client.ramp(ramp)
    const entries = (await readAll(client, state.ramp)).map((recorded) => recorded.entry)
    const replayed = replay(entries)
    const folded = fold(entries)
    const verdict = folded === undefined ? null : summaryOf(folded).verdict
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify({ ramp: state.ramp, verdict, ...replayed })}\n`)
    } else if (replayed.agrees) {
      const count = `${entries.length} entries in ${replayed.batches} batches`
      parts.stdout.write(`${state.ramp}: ${count} agree; the state is ${verdict}\n`)
    } else {
      const { sequence, expected, found } = replayed
      parts.stderr.write(`${state.ramp}: entry ${sequence} is not what would be decided today\n`)
      parts.stderr.write(`  decided: ${JSON.stringify(expected)}\n`)
      parts.stderr.write(`  recorded: ${JSON.stringify(found)}\n`)
      parts.stderr.write('  Next: rampart ledger verify\n')
    }
    return replayed.agrees ? EXIT.yes : EXIT.fault
  })
}

async function readAll(client: RampartClient, ramp: string): Promise<readonly Recorded[]> {
  const all: Recorded[] = []
  for (;;) {
    const { entries, more } = await client.entries(ramp, { after: all.length })
    all.push(...entries)
    if (!more || entries.length === 0) return all
  }
}
