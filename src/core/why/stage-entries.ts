/** The entries of a ramp by the stage that they are about, so that each is looked at once. */
import type { Entry } from '../entry/entry.ts'

/** Entries by stage, in order; those that are about no stage are left out. */
export type StageEntries = ReadonlyMap<string, readonly Entry[]>

/** Sorts entries by their stage. */
export function entriesByStage(entries: readonly Entry[]): StageEntries {
  const byStage = new Map<string, Entry[]>()
  for (const entry of entries) {
    if (!('stage' in entry)) continue
    const known = byStage.get(entry.stage)
    if (known === undefined) byStage.set(entry.stage, [entry])
    else known.push(entry)
  }
  return byStage
}
