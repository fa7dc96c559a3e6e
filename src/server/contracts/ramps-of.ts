/** Ramps by the contract that they are of, told from the ids of their streams alone. */
import { readRampId } from '../../engine/ramp-id.ts'
import type { StreamSummary } from '../../seams/ledger.ts'

/** Streams of ramps of contracts of that name, newest first. */
export function rampsNamed(
  streams: readonly StreamSummary[],
  name: string,
): readonly StreamSummary[] {
  return streams.filter(({ stream }) => readRampId(stream)?.name === name).reverse()
}
