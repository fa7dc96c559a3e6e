/**
 * A port as a file claims it, before anything runs: what two such claims need to be judged by, whether
 * they stand in one folder or in what two repositories have published.
 */
import { commonSpan, type PortSpan } from './machine-facts.ts'
import { claimsCollide, type PortProtocol } from './port-claim.ts'

/**
 * How sure it is: the number stands there; it stands there once variables are filled in; a program is
 * known to use it when nobody says otherwise; it looks like one.
 */
export type Confidence = 'explicit' | 'interpolated' | 'default' | 'heuristic'

/** `error` fails a scan; a `note` is a guess, and only shown when everything is asked for. */
export type Severity = 'error' | 'warning' | 'note'

/** From the worst on. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note']

/** How bad it is at most when a claim of that confidence is in the way. */
export const BY_CONFIDENCE: Readonly<Record<Confidence, Severity>> = {
  explicit: 'error',
  interpolated: 'error',
  default: 'warning',
  heuristic: 'note',
}

/** As much of a claim as says what it wants. */
export interface WrittenClaim extends PortSpan {
  readonly protocol: PortProtocol
  /**
   * Whose ports they are: `host` (the machine it is started on), `node` (any node of a cluster),
   * `cluster`, or `network …` for a network namespace of its own.
   */
  readonly scope: string
  /** As of a PortClaim. */
  readonly addresses: readonly string[]
  /** How many of the span are used, one for each instance; absent: all of it. */
  readonly instances?: number
  /** `development`, `staging`, the name of an overlay; absent: any, but for `except`. */
  readonly environment?: string
  readonly except?: readonly string[]
}

/** The least bad of several. */
export function leastSevere(severities: readonly Severity[]): Severity {
  return SEVERITIES[Math.max(0, ...severities.map((one) => SEVERITIES.indexOf(one)))] ?? 'note'
}

/** The ports that both want; undefined when each can have what it wants. */
export function contestedBy(one: WrittenClaim, other: WrittenClaim): PortSpan | undefined {
  if (!isSameScope(one.scope, other.scope)) return undefined
  const common = commonSpan(one, other)
  if (common === undefined) return undefined
  const { first: port } = common
  const { protocol, addresses } = one
  const isCollision = claimsCollide(
    { protocol, addresses, port },
    { protocol: other.protocol, addresses: other.addresses, port },
  )
  // Instances that choose of a span step aside for others while there are enough for all.
  const size = sizeOf(one) + sizeOf(other) - sizeOf(common)
  return isCollision && size < needOf(one) + needOf(other) ? common : undefined
}

/** Whether there is an environment that both are for. */
export function mayShareEnvironment(
  one: Pick<WrittenClaim, 'environment' | 'except'>,
  other: Pick<WrittenClaim, 'environment' | 'except'>,
): boolean {
  if (one.environment !== undefined && other.environment !== undefined) {
    return one.environment === other.environment
  }
  const named = one.environment ?? other.environment
  if (named === undefined) return true
  return one.except?.includes(named) !== true && other.except?.includes(named) !== true
}

/** How many ports of its span a claim takes. */
export function needOf(claim: PortSpan & Pick<WrittenClaim, 'instances'>): number {
  return claim.instances ?? sizeOf(claim)
}

/** How many ports a span has. */
export function sizeOf({ first, last }: PortSpan): number {
  return last - first + 1
}

/** A port of the whole cluster is one of each of its nodes. */
function isSameScope(one: string, other: string): boolean {
  const onNodes = ['node', 'cluster']
  return one === other || (onNodes.includes(one) && onNodes.includes(other))
}
