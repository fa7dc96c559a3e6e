/** Ramps by the contract that they are of, told from the ids of their streams alone. */
import type { StreamSummary } from '../../seams/ledger.ts'

/** Streams of ramps of contracts of that name, newest first; those that watch only when asked for. */
export function rampsNamed(
  streams: readonly StreamSummary[],
  name: string,
): readonly StreamSummary[] {
  return streams.filter(({ stream }) => rampName(stream)?.name === name).reverse()
}

function rampName(stream: string): { readonly name: string; readonly goal: string } | undefined {
  const [, name, goal] = /^([^:]+)-([a-z]+)-[0-9a-z]{6}$/.exec(stream) ?? []
  return name === undefined || goal === undefined ? undefined : { name, goal }
}
