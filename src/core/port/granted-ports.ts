/** Whether what somebody has would be granted to them by other rules: those of an amended contract. */
import { mayHaveAddresses } from './match-range.ts'
import { isFor } from './may-claim.ts'
import type { PortLease } from './port-lease.ts'
import { printServicePort } from './port-owner.ts'
import type { PortPolicy } from './port-policy.ts'

/** What of a lease rules speak of. */
export type GrantedPort = Pick<PortLease, 'claim' | 'owner'>

/** Why rules would not grant this, as a sentence; undefined: they would. Quotas are not looked at. */
export function whyNotGranted(
  { claim, owner }: GrantedPort,
  policy: PortPolicy,
): string | undefined {
  const { port, protocol } = claim
  const mine = printServicePort(owner)
  const ranges = policy.ranges.filter((range) => range.protocol === protocol)
  for (const { fixed } of ranges) {
    const other = Object.entries(fixed).find(([of, number]) => number === port && of !== mine)
    if (other !== undefined) return `${port} belongs to ${other[0]} now.`
  }
  const own = ranges.filter((range) => isFor(range, owner))
  const place = own.map(({ fixed }) => fixed[mine]).find((number) => number !== undefined)
  if (place !== undefined && place !== port) return `${mine} has ${place} now.`
  const there = ranges.find(({ first, last }) => first <= port && port <= last)
  if (there === undefined) return `${port} is in no range any more.`
  if (!own.includes(there)) return `${port} is in ${there.name}, which is not for ${mine} any more.`
  return mayHaveAddresses(there, claim)
    ? undefined
    : `${there.name} is on ${there.addresses.join(' and ')} now.`
}
