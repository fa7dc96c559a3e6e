/** How a port goes from one owner to the next, as a Ports contract in force says it, by what happens. */
import type { EnforcedPorts } from './enforced-ports.ts'
import type { PortLease } from './port-lease.ts'

/** One rule. */
export interface PortTransition {
  readonly event: 'scale-up' | 'scale-down' | 'roll' | 'migrate' | 'failover'
  /** @unit ms */
  readonly drainMs: number
  readonly lingerMs: number
  /** How long the port of who had it is kept from others; absent: as its range says. */
  readonly coolingMs?: number
  /** How long all of it may take; one that `says` does not hold is for failovers and amendments alone. */
  readonly deadlineMs: number
  /** The words of it that are written; the others are usual. Absent: an earlier version recorded it. */
  readonly says?: readonly string[]
}

/** The longest that a client is let wait while nobody serves, whatever a rule says. @unit ms */
export const WAITING_MOST_MS = 3_600_000

/** The rule of an event for a lease: what the contract that granted it says now. */
export function transitionFor(
  { rule }: Pick<PortLease, 'rule'>,
  event: PortTransition['event'],
  enforced: Pick<EnforcedPorts, 'of'>,
): PortTransition | undefined {
  return enforced.of(rule.contract ?? '')?.transitions?.find((one) => one.event === event)
}
