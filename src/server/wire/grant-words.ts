/** Grants in words. Pure. */
import type { Grant } from './access.ts'

/** What somebody may do, and where. */
export function describeGrant({ role, scope }: Grant): string {
  const where = [
    scope.contracts === undefined ? '' : scope.contracts.join(', '),
    Object.entries(scope.labels ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  ].filter((part) => part !== '')
  const regions = scope.regions === undefined ? '' : ` in ${scope.regions.join(', ')}`
  if (where.length > 0) return `${role} of ${where.join('; ')}${regions}`
  return regions === '' ? `${role} everywhere` : `${role}${regions}`
}

/** All of them, in a line. */
export function describeGrants(grants: readonly Grant[]): string {
  return grants.length === 0 ? 'nothing' : grants.map(describeGrant).join(', ')
}
