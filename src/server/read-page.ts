/** One page of entries. */
import type { EntryPage, Recorded } from './wire.ts'

/**
 * Reads at most `limit` entries, and whether there are more.
 *
 * @param placeOf what is handed in to go on after an entry
 */
export async function readPage(
  source: AsyncIterable<Recorded>,
  limit: number,
  placeOf: (recorded: Recorded) => number,
): Promise<EntryPage> {
  const entries: Recorded[] = []
  for await (const recorded of source) {
    const last = entries.at(-1)
    if (entries.length === limit && last !== undefined) {
      return { entries, more: true, next: String(placeOf(last)) }
    }
    entries.push(recorded)
  }
  return { entries, more: false }
}
