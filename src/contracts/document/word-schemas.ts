/** The schemas of words that every kind of contract uses: names, labels, durations. */
import * as z from 'zod'
import { isFault } from '../../core/fault/fault.ts'
import { parseDurationMs } from '../../core/units/duration.ts'

/** Lower-case letters, digits and hyphens, at most 63, as in a name of the DNS. @source RFC 1123 */
const NAME_PATTERN: RegExp = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** What a name is, as it stands after "expected". */
export const NAME_EXPECTED: string = 'a name of a-z, 0-9 and inner hyphens, at most 63 characters'

/** A name: of a contract, a component, a condition. */
export const nameText: z.ZodType<string, string> = z.string().regex(NAME_PATTERN, NAME_EXPECTED)

/**
 * What is expected where a mapping should be and something else is. Of a key that is unknown it says
 * nothing: that has words of its own, with the keys that there are.
 */
export function mappingExpected(expected: string): { readonly error: z.core.$ZodErrorMap } {
  return { error: ({ code }) => (code === 'unrecognized_keys' ? undefined : expected) }
}

/** The nearest name that may be used, for `My Shop` or `db_main`. */
export function suggestName(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return NAME_PATTERN.test(name) ? name : undefined
}

/** A key in expressions: `settings.dbPassword`. */
export const keyText: z.ZodType<string, string> = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
    'a key of letters, digits and _, not starting with a digit, at most 63 characters',
  )

/** How a duration is written, as it stands after "expected". */
export const DURATION_EXPECTED: string = 'a duration with a unit, such as 250ms, 10s, 5m or 1h30m'

/**
 * A duration as written, read as whole milliseconds.
 *
 * @param leastMs the shortest that makes sense. @unit ms
 */
export function durationMs(leastMs = 0): z.ZodType<number, string> {
  return z
    .string({ error: (raw) => (raw.input === undefined ? undefined : DURATION_EXPECTED) })
    .meta({ pattern: '^(\\d+(ms|s|m|h|d))+$', examples: ['250ms', '10s', '1h30m'] })
    .transform((text, context) => {
      const ms = readDuration(text)
      if (typeof ms === 'number' && ms >= leastMs) return ms
      const message =
        typeof ms === 'number' ? `a duration of at least ${leastMs}ms` : DURATION_EXPECTED
      const nearest = ms === undefined ? guess(text) : undefined
      context.issues.push({ code: 'custom', message, input: text, params: { nearest } })
      return z.NEVER
    })
}

function readDuration(text: string): number | undefined {
  try {
    return parseDurationMs(text)
  } catch (thrown) {
    if (isFault(thrown, 'unit-malformed')) return undefined
    throw thrown
  }
}

const SPOKEN_UNITS: readonly (readonly [RegExp, string])[] = [
  [/^(?:ms|msec|milli(?:second)?s?)$/, 'ms'],
  [/^(?:s|secs?|seconds?)$/, 's'],
  [/^(?:m|mins?|minutes?)$/, 'm'],
  [/^(?:h|hrs?|hours?)$/, 'h'],
  [/^(?:d|days?)$/, 'd'],
]

/** What was probably meant by `30`, `30 sec` or `1.5s`. */
function guess(text: string): string | undefined {
  const match = /^\s*(\d+)(?:\.(\d))?\s*([A-Za-z]*)\s*$/.exec(text)
  if (match === null) return undefined
  const [, whole = '', tenth, spoken = ''] = match
  const unit =
    spoken === '' ? 's' : SPOKEN_UNITS.find(([names]) => names.test(spoken.toLowerCase()))?.[1]
  if (unit === undefined) return undefined
  if (tenth === undefined) return `${Number(whole)}${unit}`
  return unit === 's' ? `${Number(whole) * 1_000 + Number(tenth) * 100}ms` : undefined
}
