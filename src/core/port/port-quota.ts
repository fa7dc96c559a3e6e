/** How many ports one tenant, or one service, may have of a range at once. */
import type { RuledRange } from './match-range.ts'
import type { PendingPorts } from './pending-ports.ts'
import type { PortLease, PortOwner, PortRule } from './port-lease.ts'
import { servingKey } from './port-owner.ts'
import { refusal } from './port-refusals.ts'
import { type PortTable, printRule, ruleKey } from './port-table.ts'
import type { PortRefusal } from './port-wish.ts'

/** What leases are counted in. */
export interface QuotaParts {
  readonly table: PortTable
  readonly pending: PendingPorts
  /** Whether a lease stands only until its owner has taken the one that came in its place. */
  isOutdated?(lease: PortLease): boolean
}

/** Why an owner gets no more of a range; neither what is cooling counts, nor what is outdated. */
export function quotaRefusal(
  owner: PortOwner,
  { range, rule }: RuledRange,
  parts: QuotaParts,
): PortRefusal | undefined {
  const { perTenant, perService } = range
  if (perTenant === undefined && perService === undefined) return undefined
  const { table } = parts
  const ofTenant = countOf(
    { rule, most: perTenant, counted: () => table.countOfTenant(rule, owner.tenant) },
    ({ tenant }) => tenant === owner.tenant,
    parts,
  )
  if (perTenant !== undefined && ofTenant >= perTenant) {
    const who = owner.tenant === undefined ? 'Those without a tenant' : `Tenant ${owner.tenant}`
    return exceeded(`${who} has ${ofTenant}`, perTenant, printRule(rule))
  }
  const mine = servingKey({ ...owner, port: '' })
  const ofService = countOf(
    { rule, most: perService, counted: () => table.countOfService(rule, owner) },
    (other) => servingKey({ ...other, port: '' }) === mine,
    parts,
  )
  if (perService !== undefined && ofService >= perService) {
    return exceeded(`${owner.service} has ${ofService}`, perService, printRule(rule))
  }
  return undefined
}

/** One quota, and how many leases the table says there are of it. */
interface Quota {
  readonly rule: PortRule
  readonly most: number | undefined
  counted(): number
}

function countOf(
  { rule, most, counted }: Quota,
  isTheirs: (other: PortOwner) => boolean,
  { table, pending, isOutdated }: QuotaParts,
): number {
  if (most === undefined) return 0
  const key = ruleKey(rule)
  const all = counted() + pending.count((one) => ruleKey(one.rule) === key && isTheirs(one.owner))
  // Every lease is looked at only where the quota would refuse, which is rare.
  if (all < most || isOutdated === undefined) return all
  const outdated = table
    .leases()
    .filter((lease) => ruleKey(lease.rule) === key && isTheirs(lease.owner))
    .filter((lease) => lease.state !== 'cooling' && isOutdated(lease))
  return all - outdated.length
}

function exceeded(has: string, most: number, rule: string): PortRefusal {
  const sentence = `${has} of the ${most} ports that ${rule} allows at once; release one first.`
  return refusal('quota', sentence, true)
}
