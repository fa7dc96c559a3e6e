/** Which ranges take whose claims, and in which order they are tried. */
import { isFor, mayClaim } from './may-claim.ts'
import type { PortClaim } from './port-claim.ts'
import type { PortRule } from './port-lease.ts'
import { BUILT_IN_RANGE, type PortPolicy, type PortRange } from './port-policy.ts'
import type { PortWish } from './port-wish.ts'

/** A range and the contract that has it. */
export interface RuledRange {
  readonly range: PortRange
  readonly rule: PortRule
}

/** Exactly one port that a person names, where no contract says anything about it. */
const BY_NUMBER: PortRange = { ...BUILT_IN_RANGE, name: 'by-number', first: 1, last: 65_535 }

const WORDS = ['environment', 'service', 'tenant', 'scope'] as const

/** Every range of every contract. */
export function rangesOf(policies: readonly PortPolicy[]): readonly RuledRange[] {
  return policies.flatMap(({ contract, digest, ranges }) =>
    ranges.map((range) => ({
      range,
      rule: {
        range: range.name,
        ...(contract === undefined ? {} : { contract }),
        ...(digest === undefined ? {} : { digest }),
      },
    })),
  )
}

/**
 * The ranges that take a wish, the most particular first. The built-in one only where no contract's
 * range does, and then whole; of a port that is named, any that no contract has. None where those that
 * do are for others to claim of.
 */
export function matchRanges(wish: PortWish, ranges: readonly RuledRange[]): readonly RuledRange[] {
  const { protocol = 'tcp' } = wish
  const matching = rangesFor(wish, ranges)
  if (matching.length > 0) {
    return matching
      .filter(({ range }) => mayClaim(range, wish))
      .toSorted((one, other) => particularity(other.range) - particularity(one.range))
  }
  const builtIn = wish.port === undefined ? BUILT_IN_RANGE : BY_NUMBER
  return [{ range: { ...builtIn, protocol }, rule: { range: builtIn.name } }]
}

/** A range that would take a wish if whoever asks might claim of it, where none of them does. */
export function barredRange(wish: PortWish, ranges: readonly RuledRange[]): RuledRange | undefined {
  const matching = rangesFor(wish, ranges)
  return matching.some(({ range }) => mayClaim(range, wish)) ? undefined : matching[0]
}

function rangesFor(wish: PortWish, ranges: readonly RuledRange[]): readonly RuledRange[] {
  const { protocol = 'tcp', owner } = wish
  return ranges.filter(
    ({ range }) =>
      range.protocol === protocol && isFor(range, owner) && mayHaveAddresses(range, wish),
  )
}

/** The range of a contract that a port lies in. */
export function rangeAt(
  ranges: readonly RuledRange[],
  { protocol, port }: Pick<PortClaim, 'protocol' | 'port'>,
): RuledRange | undefined {
  return ranges.find(
    ({ range }) => range.protocol === protocol && range.first <= port && port <= range.last,
  )
}

/** For whom a range is, for people. */
export function printFor(range: Pick<PortRange, 'for'>): string {
  const words = WORDS.flatMap((word) => {
    const pattern = range.for[word]
    return pattern === undefined ? [] : [`${word} ${pattern}`]
  })
  return words.length === 0 ? 'anybody' : words.join(', ')
}

/** A contract's range is a limit on addresses too: a wildcard in it stands for its whole family. */
export function mayHaveAddresses(
  range: Pick<PortRange, 'addresses'>,
  { addresses }: Pick<PortWish, 'addresses'>,
): boolean {
  return (addresses ?? []).every(
    (address) =>
      range.addresses.includes(address) ||
      range.addresses.includes(address.includes(':') ? '::' : '0.0.0.0'),
  )
}

function particularity(range: PortRange): number {
  return WORDS.reduce((sum, word) => {
    const pattern = range.for[word]
    if (pattern === undefined) return sum
    return sum + (pattern.endsWith('*') ? 100 + pattern.length : 1_000)
  }, 0)
}
