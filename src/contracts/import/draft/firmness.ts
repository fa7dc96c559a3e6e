/**
 * How firmly other tools ask, in the words of a contract: a period, how many failures count, how many
 * passes are needed, how long a start may take.
 */
import type { JsonObject } from '../../../core/units/json.ts'

/** The numbers of a health check, of whatever tool. */
export interface Firmness {
  /** @unit ms */
  readonly periodMs?: number | undefined
  /** @unit ms */
  readonly timeoutMs?: number | undefined
  /** How many failures in a row count as one. */
  readonly failures?: number | undefined
  /** How many passes in a row count as one. */
  readonly passes?: number | undefined
  /** How long it must hold. @unit ms */
  readonly holdMs?: number | undefined
  /** @unit ms */
  readonly deadlineMs?: number | undefined
}

/** The keys of a condition; times are milliseconds until the draft is printed. */
export function firmnessOf(firmness: Firmness): JsonObject {
  const { periodMs, timeoutMs, failures = 1, passes = 1, holdMs = 0, deadlineMs } = firmness
  return {
    ...(passes > 1 ? { consecutive: Math.min(passes, 10_000) } : {}),
    ...(holdMs > 0 ? { holdFor: holdMs } : {}),
    ...(deadlineMs === undefined ? {} : { deadline: Math.max(1, deadlineMs) }),
    ...(timeoutMs === undefined ? {} : { timeout: Math.max(1, timeoutMs) }),
    // On the way up Rampart asks sooner; the period is the pause once it was met.
    ...(periodMs === undefined ? {} : { every: { watch: Math.max(1, periodMs) } }),
    ...(failures > 1 ? { tolerate: { failures: Math.min(failures - 1, 10_000) } } : {}),
  }
}
