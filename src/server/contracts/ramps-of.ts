/** Ramps by the contract that they are of, told from the ids of their streams alone. */
import type { StreamSummary } from '../../seams/ledger.ts'

/** Streams of ramps of contracts of that name, newest first; those that watch only when asked for. */
export function rampsNamed(
  streams: readonly StreamSummary[],
  name: string,
): readonly StreamSummary[] {
  return streams.filter(({ stream }) => rampName(stream)?.name === name).reverse()
}

/** The latest ramp of each contract's name that is no watch. */
export function lastRamps(streams: readonly StreamSummary[]): ReadonlyMap<string, string> {
  const last = new Map<string, string>()
  for (const { stream } of streams) {
    const ramp = rampName(stream)
    if (ramp !== undefined && ramp.goal !== 'watch') last.set(ramp.name, stream)
  }
  return last
}

function rampName(stream: string): { readonly name: string; readonly goal: string } | undefined {
  const [, name, goal] = /^([^:]+)-([a-z]+)-[0-9a-z]{6}$/.exec(stream) ?? []
  return name === undefined || goal === undefined ? undefined : { name, goal }
}
