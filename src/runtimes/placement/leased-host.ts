/**
 * At which address a component listens and is reached whose ports are leased: the one that its contract
 * names, else that of its leases, which a range of a Ports contract may give. Never one that its leases
 * are not for: nobody would hold it there, and nobody would look for it there.
 */
import { mayHaveAddresses, rangesOf } from '../../core/port/match-range.ts'
import { isFor } from '../../core/port/may-claim.ts'
import { reachedBy } from '../../core/port/port-claim.ts'
import type { PortLease, PortOwner } from '../../core/port/port-lease.ts'
import type { PortPolicy } from '../../core/port/port-policy.ts'
import { printRule } from '../../core/port/port-table.ts'
import type { PortWish } from '../../core/port/port-wish.ts'
import type { NoPorts } from './port-source.ts'

/** The address that all of its leases are for; of every address it is the loopback one. */
export function hostOf(
  leases: readonly PortLease[],
  named?: string,
): { readonly host?: string } | NoPorts {
  const [first, ...others] = leases
  if (first === undefined) return named === undefined ? {} : { host: named }
  if (named !== undefined) {
    const other = leases.find((lease) => !isOn(lease, named))
    return other === undefined ? { host: named } : leasedElsewhere(other, named)
  }
  const host = first.claim.addresses
    .map(reachedBy)
    .find((address) => others.every((lease) => isOn(lease, address)))
  return host === undefined ? atSeveral(leases) : { host }
}

/** Why a contract's ranges do not give this owner the address that it names; undefined: they do. */
export function whyNotThere(
  { owner, protocol = 'tcp' }: PortWish,
  address: string,
  policies: readonly PortPolicy[],
): NoPorts | undefined {
  const ranges = rangesOf(policies).filter(
    ({ range }) => range.protocol === protocol && isFor(range, owner),
  )
  const wish = { addresses: [address] }
  const [first] = ranges
  if (first === undefined || ranges.some(({ range }) => mayHaveAddresses(range, wish))) {
    return undefined
  }
  const { range, rule } = first
  const by = `${printRule(rule)} gives it ${range.addresses.join(' or ')}`
  return refused(owner, address, by)
}

function isOn({ claim }: PortLease, address: string): boolean {
  return mayHaveAddresses(claim, { addresses: [address] })
}

function leasedElsewhere({ owner, claim, id }: PortLease, address: string): NoPorts {
  return refused(owner, address, `${id} is leased on ${claim.addresses.join(' and ')}`)
}

function refused({ port }: PortOwner, address: string, but: string): NoPorts {
  const sentence =
    `\`run.ports.${port}.address\` is ${address}, but ${but}. ` +
    'Write an address that it is given, or leave it out.'
  return { reason: 'address', sentence }
}

function atSeveral(leases: readonly PortLease[]): NoPorts {
  const where = leases.map(
    ({ owner, claim }) => `${owner.port} on ${claim.addresses.join(' and ')}`,
  )
  const sentence =
    `its ports are leased at different addresses, ${where.join(', ')}, and a component is ` +
    'reached at one; let the ranges that they are of have one in common.'
  return { reason: 'address', sentence }
}
