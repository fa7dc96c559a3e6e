/**
 * Which numbers the rules of contracts are about, and who may connect to each: what programs need that
 * know numbers alone. A number that only a lease will tell is never guessed; it is said to be missing.
 */
import { type PortsContract, servicePortOf } from '../../contracts/ports/definition.ts'
import type { ConnectPolicy, ConnectRule } from '../../core/port/connect-policy.ts'
import { type PortSpan, printSpan, spanWithout } from '../../core/port/machine-facts.ts'
import { matchesWord } from '../../core/port/match-word.ts'
import { rulesFor } from '../../core/port/may-connect.ts'
import type { PortProtocol } from '../../core/port/port-claim.ts'
import type { PortRange } from '../../core/port/port-policy.ts'
import { type Admitted, admittedBy } from './admitted.ts'
import { policiesOf } from './printed-policy.ts'

/** Ports with one answer to who may connect. */
export interface GuardedPorts {
  /** `shop/api/http`, or the range: `internal/edge`. */
  readonly name: string
  /** Whether it is a range, not one service's port. */
  readonly isRange: boolean
  readonly protocol: PortProtocol
  readonly addresses: readonly string[]
  /** In order, none touching another. */
  readonly spans: readonly PortSpan[]
  readonly admitted: Admitted
}

/** All that can be guarded by number, and what cannot. */
export interface Guarded {
  readonly ports: readonly GuardedPorts[]
  readonly unsaid: readonly string[]
}

/** The ports of contracts that rules speak of, ordered by their number. */
export function guardedPorts(contracts: readonly PortsContract[]): Guarded {
  const policies = policiesOf(contracts)
  const judged = contracts.flatMap(({ name, definition }) =>
    definition.ranges.flatMap((range) => [
      ...fixedPorts(range, policies),
      ...restOfRange(`${name}/${range.name}`, range, policies),
    ]),
  )
  const ports = judged.flatMap((one) => (typeof one === 'string' ? [] : [one]))
  const ambiguous = judged.flatMap((one) => (typeof one === 'string' ? [one] : []))
  const strangers = ports.flatMap(({ name, admitted }) =>
    admitted.isEverybody
      ? []
      : admitted.unknown.map(
          (who) => `nothing under \`clients\` says what ${who} is known by; ${name} refuses it`,
        ),
  )
  const first = ({ spans }: GuardedPorts): number => spans[0]?.first ?? 0
  return {
    ports: ports.sort((a, b) => first(a) - first(b) || (a.name < b.name ? -1 : 1)),
    unsaid: [...ambiguous, ...numberless(contracts, policies), ...strangers],
  }
}

function fixedPorts(range: PortRange, policies: readonly ConnectPolicy[]): readonly GuardedPorts[] {
  return Object.entries(range.fixed).flatMap(([name, number]) => {
    const rules = rulesFor(policies, servicePortOf(name))
    if (rules.length === 0) return []
    const spans = [{ first: number, last: number }]
    return [guarded(name, range, { spans, isRange: false, admitted: admittedBy(rules, policies) })]
  })
}

/** Of ports that only a lease gives out it is known for whom they are; which of theirs, it is not. */
function restOfRange(
  name: string,
  range: PortRange,
  policies: readonly ConnectPolicy[],
): readonly (GuardedPorts | string)[] {
  const { service = '*' } = range.for
  const rules = policies
    .flatMap((policy) => policy.rules)
    .filter(({ to }) => to.some((pattern) => overlaps(pattern, service)))
  const fixed = Object.values(range.fixed).map((port) => ({ first: port, last: port }))
  const spans = spanWithout({ first: range.first, last: range.last }, fixed)
  if (rules.length === 0 || spans.length === 0) return []
  if (rules.every((rule) => isAboutAll(rule, service))) {
    return [guarded(name, range, { spans, isRange: true, admitted: admittedBy(rules, policies) })]
  }
  const whose = service === '*' ? 'everybody' : service
  return [
    `the range ${name} (${spans.map(printSpan).join(', ')}) is for ${whose}, and rules differ from port ` +
      'to port; which number is whose is known once it is leased. Only fixed ports of it are guarded',
  ]
}

function guarded(
  name: string,
  { protocol, addresses }: PortRange,
  rest: Pick<GuardedPorts, 'spans' | 'isRange' | 'admitted'>,
): GuardedPorts {
  return { name, protocol, addresses, ...rest }
}

function isAboutAll({ to, ports }: ConnectRule, service: string): boolean {
  return ports === undefined && to.some((pattern) => covers(pattern, service))
}

/** Whether a pattern means everything that the other one means. */
function covers(pattern: string, other: string): boolean {
  const beginning = other.replace(/\*$/, '')
  return pattern === other || (pattern.endsWith('*') && matchesWord(pattern, beginning))
}

/** Whether some service may be meant by both. */
function overlaps(one: string, other: string): boolean {
  const [a, b] = [one.replace(/\*$/, ''), other.replace(/\*$/, '')]
  return (
    (one.endsWith('*') && b.startsWith(a)) || (other.endsWith('*') && a.startsWith(b)) || a === b
  )
}

/** Targets of rules that have no number in any contract. */
function numberless(
  contracts: readonly PortsContract[],
  policies: readonly ConnectPolicy[],
): readonly string[] {
  const ranges = contracts.flatMap(({ definition }) => definition.ranges)
  const fixed = ranges.flatMap((range) => Object.keys(range.fixed).map(servicePortOf))
  const hasNumber = (pattern: string): boolean =>
    fixed.some(({ service }) => matchesWord(pattern, service)) ||
    ranges.some((range) => overlaps(pattern, range.for.service ?? '*'))
  const targets = new Set(policies.flatMap(({ rules }) => rules.flatMap(({ to }) => to)))
  return [...targets]
    .filter((pattern) => !hasNumber(pattern))
    .map((pattern) => `no range of the contract is for ${pattern}, so no number of it is known`)
}
