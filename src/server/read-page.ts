/** One page of entries. */
import type { EntryPage, Recorded } from './wire.ts'

/** Reads at most `limit` entries, and whether there are more. */
export async function readPage(source: AsyncIterable<Recorded>, limit: number): Promise<EntryPage> {
  const entries: Recorded[] = []
  for await (const recorded of source) {
    if (entries.length === limit) return { entries, more: true }
    entries.push(recorded)
  }
  return { entries, more: false }
}
