/** Components with the fronts that others find them by, wherever they run. Pure. */
import type { PortLease } from '../../core/port/port-lease.ts'
import type { ComponentView } from '../wire.ts'

/** The same components; those that have fronts with the fronts' ports. */
export function withFronts(
  components: readonly ComponentView[],
  leases: readonly PortLease[],
): readonly ComponentView[] {
  const bySubject = Map.groupBy(
    leases.filter(({ front }) => front !== undefined),
    ({ owner }) => owner.service,
  )
  return components.map((component) => {
    const own = bySubject.get(component.subject)
    if (own === undefined) return component
    const numbers = own.map(({ owner, claim }) => [owner.port, claim.port])
    return { ...component, fronts: Object.fromEntries(numbers) }
  })
}
