/** Plain YAML scalars that are not what they look like. Each is refused with what to write instead. */
import { quote } from './describe-value.ts'
import type { Complaint } from './source-document.ts'

const LOOKS_OCTAL = /^[-+]?0[0-9]+$/
const OTHER_BASE = /^0[ox][0-9a-fA-F]+$/
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

/**
 * What is surprising about a plain scalar, if anything.
 *
 * @param written the scalar as it stands in the text
 * @param value what YAML 1.2 reads it as
 */
export function surpriseOf(written: string, value: unknown): Complaint | undefined {
  if (typeof value !== 'number') return undefined
  if (LOOKS_OCTAL.test(written)) {
    return ambiguous(written, `YAML 1.2 reads it as ${value}, older YAML as octal`, value)
  }
  if (OTHER_BASE.test(written)) return ambiguous(written, `YAML 1.2 reads it as ${value}`, value)
  if (NOT_FINITE.test(written) || !Number.isFinite(value))
    return notExact(written, 'is not a number')
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return notExact(written, 'is beyond 2^53, where numbers are rounded')
  }
  return undefined
}

function ambiguous(written: string, why: string, value: number): Complaint {
  return {
    code: 'number-ambiguous',
    message: `${written} is ambiguous: ${why}; write ${value}, or ${quote(written)} for the text`,
    expected: 'a decimal number without leading zeros, or a string in quotes',
    found: written,
  }
}

function notExact(written: string, why: string): Complaint {
  return {
    code: 'number-not-exact',
    message: `${written} ${why}, so it cannot be kept exactly; write ${quote(written)} for the text`,
    expected: 'a number that can be kept exactly, or a string in quotes',
    found: written,
  }
}
