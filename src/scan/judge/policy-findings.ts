/** What contracts of the kind Ports say about the ports that files claim. */
import { printSpan } from '../../core/port/machine-facts.ts'
import { printFor } from '../../core/port/match-range.ts'
import { matchesWord } from '../../core/port/match-word.ts'
import type { PortPolicy, PortRange } from '../../core/port/port-policy.ts'
import { leastSevere, type Severity } from '../../core/port/written-claim.ts'
import type { FoundPort } from '../found/found-port.ts'
import { severityOf } from './conflicts.ts'
import type { RawFinding, ScanRule } from './finding.ts'
import type { TakenPorts } from './free-port.ts'
import { isOfMachine } from './port-facts.ts'
import { printPort } from './scope-words.ts'

interface Around {
  /** What a claim that says nothing is taken to be of. */
  readonly environment: string | undefined
  readonly taken: TakenPorts
}

/** Claims on a machine's ports that no range is for; none where there is no contract. */
export function findAgainstPolicies(
  ports: readonly FoundPort[],
  policies: readonly PortPolicy[],
  around: Around,
): readonly RawFinding[] {
  const ranges = policies.flatMap((policy) => policy.ranges)
  if (ranges.length === 0) return []
  return ports.filter(isOfMachine).flatMap((port) => judgeOne(port, ranges, around) ?? [])
}

function judgeOne(
  port: FoundPort,
  ranges: readonly PortRange[],
  around: Around,
): RawFinding | undefined {
  const environment = port.environment ?? around.environment
  const own = ranges.filter((range) => isRangeOf(range, port.service))
  const holding = ranges.filter((range) => holds(range, port))
  const [held] = holding
  const what = `Port ${printPort(port, port.protocol)} of ${port.service}`
  if (held === undefined) {
    const meant = own.find((range) => isForEnvironment(range, environment))
    if (meant === undefined) {
      const remedy = 'Declare it in a contract of the kind Ports, or take one of a range that is.'
      return finding(port, 'undeclared', 'warning', {
        sentence: `${what} is in no range of a contract.`,
        remedy,
      })
    }
    return finding(port, 'out-of-range', 'error', {
      sentence: `${what} is not in ${printSpan(meant)}, the ports of ${meant.name}.`,
      remedy: inRange(meant, around.taken),
    })
  }
  if (!holding.some((range) => isForEnvironment(range, environment))) {
    const meant = [...own, ...ranges].find((range) => isForEnvironment(range, environment))
    return finding(port, 'wrong-environment', 'error', {
      sentence: `${what} is one of ${held.name}, which is for ${printFor(held)}, and it is for ${environment}.`,
      remedy:
        meant === undefined ? `Declare a range for ${environment}.` : inRange(meant, around.taken),
    })
  }
  return judgeOwner(port, holding, what)
}

/** A range that names services is for these alone, and a fixed port for one of them. */
function judgeOwner(
  port: FoundPort,
  holding: readonly PortRange[],
  what: string,
): RawFinding | undefined {
  const fixed = holding.flatMap((range) =>
    Object.entries(range.fixed).filter(([, number]) => number === port.first),
  )
  const [[owner] = []] = fixed
  if (owner !== undefined && !isNamed(owner.split('/').slice(0, -1).join('/'), port.service)) {
    return finding(port, 'out-of-range', 'warning', {
      sentence: `${what} belongs to ${owner}.`,
      remedy: `Take another one, or name the service ${owner.split('/').slice(0, -1).join('/')}.`,
    })
  }
  if (owner !== undefined) return undefined
  const isTaken = holding.some(
    ({ for: { service } }) => service === undefined || isNamed(service, port.service),
  )
  const [held] = holding
  if (isTaken || held === undefined) return undefined
  return finding(port, 'out-of-range', 'warning', {
    sentence: `${what} is one of ${held.name}, which is for ${printFor(held)}.`,
    remedy: 'Take one of a range that is for it.',
  })
}

function finding(
  port: FoundPort,
  rule: ScanRule,
  most: Severity,
  said: Pick<RawFinding, 'sentence' | 'remedy'>,
): RawFinding {
  const { first, last, protocol, scope } = port
  const severity = leastSevere([most, severityOf(port)])
  return { rule, severity, first, last, protocol, scope, ports: [port], ...said }
}

function inRange(range: PortRange, taken: TakenPorts): string {
  const fixed = new Set(Object.values(range.fixed))
  let free = taken.freeAbove(range.first - 1, range)
  while (free !== undefined && fixed.has(free)) free = taken.freeAbove(free, range)
  const which = free === undefined ? '' : `, for example ${free}`
  return `Take one of ${printSpan(range)}${which}.`
}

function holds(range: PortRange, port: FoundPort): boolean {
  return range.protocol === port.protocol && range.first <= port.first && port.last <= range.last
}

function isForEnvironment(range: PortRange, environment: string | undefined): boolean {
  const { environment: pattern } = range.for
  return pattern === undefined || environment === undefined || matchesWord(pattern, environment)
}

/** Whether a range is for this service by name, and not only for everybody. */
function isRangeOf(range: PortRange, service: string): boolean {
  const { service: pattern } = range.for
  if (pattern !== undefined) return isNamed(pattern, service)
  return Object.keys(range.fixed).some((one) =>
    isNamed(one.split('/').slice(0, -1).join('/'), service),
  )
}

/** Contracts say `shop/api` where files of the shop say `api`. */
function isNamed(pattern: string, service: string): boolean {
  if (matchesWord(pattern, service)) return true
  const [last = ''] = pattern.split('/').slice(-1)
  return last === '*' || matchesWord(last, service)
}
