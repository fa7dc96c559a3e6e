/** How many ports one tenant, or one service, may have of a range at once. */
import type { RuledRange } from './match-range.ts'
import type { PendingPorts } from './pending-ports.ts'
import type { PortOwner } from './port-lease.ts'
import { servingKey } from './port-owner.ts'
import { refusal } from './port-refusals.ts'
import { type PortTable, printRule, ruleKey } from './port-table.ts'
import type { PortRefusal } from './port-wish.ts'

/** Why an owner gets no more of a range; what is cooling does not count. */
export function quotaRefusal(
  owner: PortOwner,
  { range, rule }: RuledRange,
  { table, pending }: { readonly table: PortTable; readonly pending: PendingPorts },
): PortRefusal | undefined {
  const { perTenant, perService } = range
  if (perTenant === undefined && perService === undefined) return undefined
  const soon = (isTheirs: (other: PortOwner) => boolean): number =>
    pending.count((one) => ruleKey(one.rule) === ruleKey(rule) && isTheirs(one.owner))
  const ofTenant =
    table.countOfTenant(rule, owner.tenant) + soon(({ tenant }) => tenant === owner.tenant)
  if (perTenant !== undefined && ofTenant >= perTenant) {
    const who = owner.tenant === undefined ? 'Those without a tenant' : `Tenant ${owner.tenant}`
    return exceeded(`${who} has ${ofTenant}`, perTenant, printRule(rule))
  }
  const mine = servingKey({ ...owner, port: '' })
  const ofService =
    table.countOfService(rule, owner) + soon((other) => servingKey({ ...other, port: '' }) === mine)
  if (perService !== undefined && ofService >= perService) {
    return exceeded(`${owner.service} has ${ofService}`, perService, printRule(rule))
  }
  return undefined
}

function exceeded(has: string, most: number, rule: string): PortRefusal {
  const sentence = `${has} of the ${most} ports that ${rule} allows at once; release one first.`
  return refusal('quota', sentence, true)
}
