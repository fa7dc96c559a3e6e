/** Durations: written with a unit (`250ms`, `10s`, `1h30m`), held as whole milliseconds. */
import { Fault } from '../fault/fault.ts'

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

const DURATION = /^(?:\d+(?:ms|s|m|h|d))+$/
const PART = /(\d+)(ms|s|m|h|d)/g

/** The longest duration a contract may hold: ten years. */
export const DURATION_MAX_MS: number = 3_653 * 86_400_000

/**
 * Parses a duration such as `250ms`, `10s`, `5m`, `1h30m`, `2d`.
 *
 * @returns whole milliseconds
 * @throws unit-malformed when there is no unit, a fraction, or more than ten years.
 * @example parseDurationMs('1h30m') === 5_400_000
 */
export function parseDurationMs(text: string): number {
  const malformed = (why: string): Fault =>
    new Fault({ code: 'unit-malformed', operation: 'parse duration', subject: text, hint: why })
  if (!DURATION.test(text)) {
    throw malformed('a duration is a whole number with a unit: 250ms, 10s, 5m, 1h30m, 2d')
  }
  let totalMs = 0
  let previousUnitMs = Number.POSITIVE_INFINITY
  for (const [, digits = '', unit = ''] of text.matchAll(PART)) {
    const unitMs = UNIT_MS[unit] ?? 0
    if (unitMs >= previousUnitMs) throw malformed('write the larger unit first, each unit once')
    previousUnitMs = unitMs
    totalMs += Number(digits) * unitMs
  }
  if (totalMs > DURATION_MAX_MS) throw malformed('a duration is at most ten years (3653d)')
  return totalMs
}

/**
 * Prints milliseconds exactly, in the form that {@link parseDurationMs} reads.
 *
 * @example printDuration(5_400_000) === '1h30m'
 */
export function printDuration(totalMs: number): string {
  if (totalMs === 0) return '0ms'
  let rest = totalMs
  let text = ''
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const unitMs = UNIT_MS[unit] ?? 1
    const whole = Math.floor(rest / unitMs)
    if (whole > 0) text += `${whole}${unit}`
    rest -= whole * unitMs
  }
  return text
}

/**
 * Prints milliseconds for people, to three digits: `840 ms`, `1.24 s`, `2 min 05 s`.
 */
export function describeDuration(totalMs: number): string {
  if (totalMs < 1_000) return `${Math.round(totalMs)} ms`
  if (totalMs < 60_000) return `${(totalMs / 1_000).toFixed(totalMs < 10_000 ? 2 : 1)} s`
  const seconds = Math.round(totalMs / 1_000)
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`
  return `${Math.floor(minutes / 1_440)} d ${Math.floor((minutes % 1_440) / 60)} h`
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
