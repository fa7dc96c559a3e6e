/**
 * Exact decimals: what Prometheus prints and what contracts write are compared digit by digit, so
 * that `0.1` means a tenth and no bound moves by a rounding.
 */
import { isFault } from '../../core/fault/fault.ts'
import { parseDurationMs } from '../../core/units/duration.ts'
import { parseShareBp } from '../../core/units/share.ts'

/** A number: `digits` times ten to the power of `-scale`, or one of the infinities. */
export type Decimal =
  | { readonly digits: bigint; readonly scale: number }
  | { readonly infinity: 1 | -1 }

/** Beyond this many places either way, nothing is a number that anybody measures. */
const PLACES_MAX = 1_200

const WRITTEN = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/

/** The number that a text says; undefined for `NaN` and for what is no number. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text === '+Inf' || text === 'Inf') return { infinity: 1 }
  if (text === '-Inf') return { infinity: -1 }
  const [all, sign, whole = '', fraction = '', exponent = '0'] = WRITTEN.exec(text) ?? []
  if (all === undefined || all.length > PLACES_MAX) return undefined
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n)
  const scale = fraction.length - Number(exponent)
  if (Math.abs(scale) > PLACES_MAX) return undefined
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale }
}

/** A bound as a contract writes it: a number, a duration (as seconds), or a share (as a fraction). */
export function parseBound(text: string): Decimal | undefined {
  return (
    parseDecimal(text) ?? parseUnit(text, parseDurationMs, 3) ?? parseUnit(text, parseShareBp, 4)
  )
}

/** Less than 0, 0, or more than 0, as `one` is less than, equal to, or greater than `other`. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  if ('infinity' in one || 'infinity' in other) {
    return ('infinity' in one ? one.infinity : 0) - ('infinity' in other ? other.infinity : 0)
  }
  const scale = Math.max(one.scale, other.scale)
  const difference =
    one.digits * 10n ** BigInt(scale - one.scale) -
    other.digits * 10n ** BigInt(scale - other.scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

function parseUnit(
  text: string,
  parse: (text: string) => number,
  scale: number,
): Decimal | undefined {
  try {
    return { digits: BigInt(parse(text)), scale }
  } catch (thrown) {
    if (isFault(thrown, 'unit-malformed')) return undefined
    throw thrown
  }
}
