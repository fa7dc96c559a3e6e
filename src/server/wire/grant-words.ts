/** Grants in words. Pure. */
import type { Grant } from './access.ts'
import { printLabels } from './label-text.ts'

/** What somebody may do, and where. */
export function describeGrant({ role, scope }: Grant): string {
  const where = [
    scope.contracts === undefined ? '' : scope.contracts.join(', '),
    printLabels(scope.labels ?? {}).join(' '),
  ].filter((part) => part !== '')
  const regions = scope.regions === undefined ? '' : ` in ${scope.regions.join(', ')}`
  if (where.length > 0) return `${role} of ${where.join('; ')}${regions}`
  if (regions !== '') return `${role}${regions}`
  // A scope that leaves no contract out is one all the same: it gives nothing that is over all at once.
  return scope.labels === undefined ? `${role} everywhere` : `${role} of every contract`
}

/** All of them, in a line. */
export function describeGrants(grants: readonly Grant[]): string {
  return grants.length === 0 ? 'nothing' : grants.map(describeGrant).join(', ')
}
