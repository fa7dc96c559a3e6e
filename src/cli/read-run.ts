/** Reading ramps for `why` and for traces: all entries of one, and the ramps of its contract before it. */
import type { Entry } from '../core/entry/entry.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Run } from '../core/why/question.ts'
import type { RampartClient } from '../server/client/client.ts'

/** How many earlier ramps are looked at, at most. */
const EARLIER_MAX = 100

/** How many ramps a page holds. */
const PAGE = 200

/** Every entry of a ramp, in order. */
export async function readEntries(client: RampartClient, ramp: string): Promise<readonly Entry[]> {
  const all: Entry[] = []
  for (;;) {
    const { entries, more } = await client.entries(ramp, { after: all.length, limit: 1_000 })
    for (const { entry } of entries) all.push(entry)
    if (!more || entries.length === 0) return all
  }
}

/** A ramp with what was recorded of its circumstances. */
export async function readRun(client: RampartClient, state: RampState): Promise<Run> {
  return { state, ...(await client.circumstances(state.ramp)) }
}

/** The ramps of the same contract toward the same goal that were opened before one, newest first. */
export async function readEarlier(
  client: RampartClient,
  state: RampState,
): Promise<readonly Run[]> {
  const { contract, goal } = state.plan
  const earlier: Run[] = []
  let cursor: string | undefined = state.ramp
  while (cursor !== undefined && earlier.length < EARLIER_MAX) {
    const page = await client.ramps({ limit: PAGE, cursor })
    const same = page.ramps.filter(
      (ramp) =>
        ramp.goal === goal &&
        ramp.outcome === 'reached' &&
        ramp.contract.kind === contract.kind &&
        ramp.contract.name === contract.name &&
        ramp.contract.target === contract.target,
    )
    for (const { ramp } of same.slice(0, EARLIER_MAX - earlier.length)) {
      const { state: found } = await client.ramp(ramp)
      earlier.push(await readRun(client, found))
    }
    cursor = page.next
  }
  return earlier
}
