/** The leases that one start of a service has: pure. */
import type { PortLease } from '../../core/port/port-lease.ts'
import { startOfInstance } from '../../core/port/port-owner.ts'
import type { StartSide } from './transition.ts'

/** By port; fronts are nobody's start. */
export function leasesOfStart(
  leases: readonly PortLease[],
  service: string,
  { instance }: Pick<StartSide, 'instance'>,
): readonly PortLease[] {
  if (instance === undefined) return []
  const start = startOfInstance(instance)
  return leases
    .filter(({ owner, front }) => {
      const isOfStart = owner.instance !== undefined && startOfInstance(owner.instance) === start
      return front === undefined && owner.service === service && isOfStart
    })
    .toSorted((one, other) => one.claim.port - other.claim.port)
}
