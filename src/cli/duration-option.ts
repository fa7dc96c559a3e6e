/** Durations that options of the command line give; whoever wrote one wrongly is told in which option. */
import { Fault, isFault } from '../core/fault/fault.ts'
import { parseDurationMs } from '../core/units/duration.ts'

/**
 * Reads one.
 *
 * @returns whole milliseconds
 * @throws unit-malformed that names the option and what it was given
 */
export function durationOption(option: string, given: string): number {
  try {
    return parseDurationMs(given)
  } catch (error) {
    if (!isFault(error, 'unit-malformed')) throw error
    const { code, operation, subject, hint } = error
    throw new Fault({ code, operation, subject, hint: `${option} ${given}: ${hint}.` })
  }
}
