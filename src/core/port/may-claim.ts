/** Who may claim of which range. */
import { matchesWord } from './match-word.ts'
import type { PortOwner } from './port-lease.ts'
import { environmentOf } from './port-owner.ts'
import type { PortRange } from './port-policy.ts'
import type { PortWish } from './port-wish.ts'

/** Whether a range is for this owner: every word that the range gives must match. */
export function isFor(range: Pick<PortRange, 'for'>, owner: PortOwner): boolean {
  const { environment, service, tenant, scope } = range.for
  return (
    (environment === undefined || matchesWord(environment, environmentOf(owner))) &&
    (service === undefined || matchesWord(service, owner.service)) &&
    (tenant === undefined || matchesWord(tenant, owner.tenant)) &&
    (scope === undefined || matchesWord(scope, owner.scope))
  )
}

/** Whether whoever asks may claim of a range: it is for anybody, or names one of their names. */
export function mayClaim(
  { claim }: Pick<PortRange, 'claim'>,
  { by = [] }: Pick<PortWish, 'by'>,
): boolean {
  return claim === undefined || by === 'contract' || by.some((name) => claim.includes(name))
}
