/** The ranges that ports are granted from on a machine, as they are listed: the built-in one last. */
import type { Digest } from '../units/digest.ts'
import type { EnforcedPorts, PortRules } from './enforced-ports.ts'
import { BUILT_IN_RANGE, type PortRange } from './port-policy.ts'
import type { PortTransition } from './port-transition.ts'

/** One range. */
export interface ListedRange {
  /** The Ports contract that has it; absent: it is the built-in one. */
  readonly contract?: string
  /** Of the revision that says so. */
  readonly digest?: Digest
  /** Its name, unique in its contract. */
  readonly range: string
  /** Both are part of it. */
  readonly first: number
  readonly last: number
  readonly protocol: PortRange['protocol']
  /** `earlier`: an amended revision, of which somebody may still have a port; nothing is granted by it. */
  readonly standing: 'in-force' | 'earlier'
  /** Who may have which of its ports, and how. */
  readonly rules: Omit<PortRange, 'name' | 'first' | 'last' | 'protocol'>
  /** How its ports change hands; absent: no contract says it. */
  readonly transitions?: readonly PortTransition[]
}

/** Every range of every contract, by contract; of one, what is in force first. */
export function listRanges(
  enforced: Pick<EnforcedPorts, 'all' | 'earlierOf'>,
): readonly ListedRange[] {
  const ranges = enforced
    .all()
    .toSorted((one, other) => (one.contract < other.contract ? -1 : 1))
    .flatMap((rules) => [
      ...rangesOf(rules, 'in-force'),
      ...enforced.earlierOf(rules.contract).flatMap((earlier) => rangesOf(earlier, 'earlier')),
    ])
  return [...ranges, listed(BUILT_IN_RANGE, { standing: 'in-force' })]
}

function rangesOf(
  { contract, digest, policy, transitions }: PortRules,
  standing: ListedRange['standing'],
): readonly ListedRange[] {
  const changes = transitions === undefined ? {} : { transitions }
  return policy.ranges.map((range) => ({
    ...listed(range, { contract, digest, standing }),
    ...changes,
  }))
}

function listed(
  { name, first, last, protocol, ...rules }: PortRange,
  whose: Pick<ListedRange, 'contract' | 'digest' | 'standing'>,
): ListedRange {
  return { ...whose, range: name, first, last, protocol, rules }
}
