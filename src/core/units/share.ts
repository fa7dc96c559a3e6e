/** Shares: parts of a whole as integer basis points (1 % = 100 bp), never as floating point. */
import { Fault } from '../fault/fault.ts'

/** The whole, in basis points. */
export const WHOLE_BP = 10_000

/**
 * Parses `25%`, `0.5%` or `50bp` into basis points.
 *
 * @returns an integer from 0 to 10,000
 * @throws unit-malformed when there is no unit, it is finer than a basis point, or above 100 %.
 * @example parseShareBp('0.25%') === 25
 */
export function parseShareBp(text: string): number {
  const match = /^(?:(\d{1,3})(?:\.(\d{1,2}))?%|(\d{1,5})bp)$/.exec(text)
  const shareBp =
    match === null
      ? Number.NaN
      : match[3] === undefined
        ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
        : Number(match[3])
  if (Number.isNaN(shareBp) || shareBp > WHOLE_BP) {
    throw new Fault({
      code: 'unit-malformed',
      operation: 'parse share',
      subject: text,
      hint: 'a share is 0% to 100% with at most two decimals, or basis points: 25%, 0.5%, 50bp',
    })
  }
  return shareBp
}

/** Prints basis points exactly as a percentage, in the form that {@link parseShareBp} reads. */
export function printShare(shareBp: number): string {
  const whole = Math.floor(shareBp / 100)
  const rest = shareBp % 100
  if (rest === 0) return `${whole}%`
  return `${whole}.${String(rest).padStart(2, '0').replace(/0$/, '')}%`
}
