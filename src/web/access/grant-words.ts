/** Grants in words. Pure. */
import type { Grant } from '../../server/wire/access.ts'

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

/** What a role may, in a sentence. */
export const ROLE_WORDS: Readonly<Record<Grant['role'], string>> = {
  viewer: 'Sees everything, changes nothing.',
  operator: 'Also starts, holds, resumes and aborts ramps, and applies contracts.',
  approver: 'Also approves, unless it is their own proposal.',
  admin: 'Also says who may do what.',
  agent: 'Works for the server in its regions, and sees nothing else.',
}
