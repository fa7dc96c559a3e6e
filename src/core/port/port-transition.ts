/** How a port goes from one owner to the next, as a Ports contract in force says it, by what happens. */
import type { EnforcedPorts } from './enforced-ports.ts'
import type { PortLease } from './port-lease.ts'

/** One rule. The plane is not part of what is enforced: which one carries a front, its component says. */
export interface PortTransition {
  readonly event: 'scale-up' | 'scale-down' | 'roll' | 'migrate' | 'failover'
  /** @unit ms */
  readonly drainMs: number
  readonly lingerMs: number
  /** How long the port of who had it is kept from others; absent: as its range says. */
  readonly coolingMs?: number
  /** How long all of it may take. */
  readonly deadlineMs: number
}

/** The rule of an event for a lease: what the contract that granted it says now. */
export function transitionFor(
  { rule }: Pick<PortLease, 'rule'>,
  event: PortTransition['event'],
  enforced: Pick<EnforcedPorts, 'of'>,
): PortTransition | undefined {
  return enforced.of(rule.contract ?? '')?.transitions?.find((one) => one.event === event)
}
