/** How long the port of an owner that died is kept from others, where a contract says it. */
import type { EnforcedPorts } from '../core/port/enforced-ports.ts'
import type { PortLease } from '../core/port/port-lease.ts'
import { servingKey } from '../core/port/port-owner.ts'
import { transitionFor } from '../core/port/port-transition.ts'

/** What it is told from. */
export interface FailoverParts {
  readonly enforced: Pick<EnforcedPorts, 'of'>
  leases(): readonly PortLease[]
}

/**
 * By the rule of a failover: of who has died behind a front, for whom another one can take over. What
 * drains was let go of; its end is no failover.
 *
 * @unit ms @returns undefined: as the range says
 */
export function failoverCoolingMs(lease: PortLease, parts: FailoverParts): number | undefined {
  if (lease.state === 'draining') return undefined
  const coolingMs = transitionFor(lease, 'failover', parts.enforced)?.coolingMs
  if (coolingMs === undefined) return undefined
  const key = servingKey(lease.owner)
  const isFronted = parts
    .leases()
    .some(({ front, owner }) => front !== undefined && servingKey(owner) === key)
  return isFronted ? coolingMs : undefined
}
