/** Who may claim of which range. */
import { matchesWord } from './match-word.ts'
import type { PortOwner } from './port-lease.ts'
import type { PortRange } from './port-policy.ts'

/** Whether a range is for this owner: every word that the range gives must match. */
export function isFor(range: Pick<PortRange, 'for'>, owner: PortOwner): boolean {
  const { environment, service, tenant, scope } = range.for
  return (
    (environment === undefined || matchesWord(environment, owner.environment)) &&
    (service === undefined || matchesWord(service, owner.service)) &&
    (tenant === undefined || matchesWord(tenant, owner.tenant)) &&
    (scope === undefined || matchesWord(scope, owner.scope))
  )
}

/**
 * Whether somebody with these names (their own, those of their groups and roles) may claim of a range.
 *
 * @returns why not, as a sentence; undefined: they may
 */
export function claimRefusal(
  range: Pick<PortRange, 'name' | 'claim'>,
  names: readonly string[],
): string | undefined {
  const { claim } = range
  if (claim === undefined || names.some((name) => claim.includes(name))) return undefined
  const who = names.length === 0 ? 'somebody without a name' : names.join(', ')
  return `Of ${range.name} only ${claim.join(', ')} may claim ports, which ${who} is not.`
}
