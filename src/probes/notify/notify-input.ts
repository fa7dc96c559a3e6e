/** The input of the `notify` probe, its templates resolved. */
import type { InputReader } from '../input/input-reader.ts'
import { findPatternMistake } from '../pattern/pattern.ts'

/** What the component must have said. */
export interface NotifyInput {
  /** Pattern that its last status must match. */
  readonly status: string | undefined
  /** @unit ms */
  readonly startWithinMs: number | undefined
  /** @unit ms */
  readonly watchdogMs: number | undefined
}

/** Reads the input; what is wrong with it is kept by the reader. */
export function readNotifyInput(reader: InputReader): NotifyInput {
  const status = reader.optionalText('status')
  const mistake = status === undefined ? undefined : findPatternMistake(status)
  if (mistake !== undefined) reader.refuse(`\`status\` is not a pattern: ${mistake}`)
  return {
    status,
    startWithinMs: reader.has('startWithin') ? reader.whole('startWithin', 0) : undefined,
    watchdogMs: reader.has('watchdog') ? reader.whole('watchdog', 0) : undefined,
  }
}
