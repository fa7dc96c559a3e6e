/** How long ports are kept: from others after their owner, and for the next start after one that died. */
import type { EnforcedPorts } from '../core/port/enforced-ports.ts'
import type { PortLease } from '../core/port/port-lease.ts'
import { servingKey } from '../core/port/port-owner.ts'
import { BUILT_IN_RANGE } from '../core/port/port-policy.ts'
import { transitionFor, WAITING_MOST_MS } from '../core/port/port-transition.ts'
import { TTL_MS } from '../core/port/port-wish.ts'

/** What it is told from. */
export interface KeptBy {
  readonly enforced: Pick<EnforcedPorts, 'of' | 'revisionOf'>
  leases(): readonly PortLease[]
}

/**
 * How long a port is kept from others: as is said of how it ends; else by the revision that granted it, or
 * by the one in force, should that one be retired.
 *
 * @param isDead whether its owner has died, rather than given it back @unit ms
 */
export function coolingMsOf(lease: PortLease, by: KeptBy, isDead = false): number {
  const { rule, parting } = lease
  const failoverMs = isDead ? failoverCoolingMs(lease, by) : undefined
  if (failoverMs !== undefined) return failoverMs
  if (parting?.coolingMs !== undefined) return parting.coolingMs
  const rules = by.enforced.revisionOf(rule) ?? by.enforced.of(rule.contract ?? '')
  const range = rules?.policy.ranges.find(({ name }) => name === rule.range)
  return (range ?? BUILT_IN_RANGE).coolingMs
}

/** How long the socket of one that died waits for the next start, and clients in its queue. @unit ms */
export function waitingMsOf(lease: PortLease, by: Pick<KeptBy, 'enforced'>): number {
  const failover = transitionFor(lease, 'failover', by.enforced)
  return failover === undefined ? TTL_MS : Math.min(failover.deadlineMs, WAITING_MOST_MS)
}

/**
 * By the rule of a failover: of who has died behind a front, for whom another one can take over. What
 * drains was let go of; its end is no failover.
 *
 * @unit ms @returns undefined: as the range says
 */
function failoverCoolingMs(lease: PortLease, parts: KeptBy): number | undefined {
  if (lease.state === 'draining') return undefined
  const coolingMs = transitionFor(lease, 'failover', parts.enforced)?.coolingMs
  if (coolingMs === undefined) return undefined
  const key = servingKey(lease.owner)
  const isFronted = parts
    .leases()
    .some(({ front, owner }) => front !== undefined && servingKey(owner) === key)
  return isFronted ? coolingMs : undefined
}
