/**
 * What ports must be so that a process can inherit their sockets: held, and few enough. Where their
 * ranges leave it open, one has one socket alone, at the address that its component is reached by: a
 * program that takes the first descriptor would let clients of the second wait for ever.
 */
import { Fault } from '../../core/fault/fault.ts'
import { SOCKETS_MAX } from '../../core/port/listen-variables.ts'
import { mayHaveAddresses, type RuledRange, rangesOf } from '../../core/port/match-range.ts'
import { isFor } from '../../core/port/may-claim.ts'
import { isLoopback } from '../../core/port/port-claim.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import type { PortPolicy } from '../../core/port/port-policy.ts'
import { isListenedTo } from '../../core/port/port-states.ts'
import type { PortWish } from '../../core/port/port-wish.ts'
import type { NoPorts } from './port-source.ts'

/** Where a component listens that names no address. */
const ADDRESSES = ['127.0.0.1']

/** The addresses to ask for when none is named; nothing: as the ranges of its contracts say. */
export function inheritedAddresses(
  { owner, protocol = 'tcp' }: PortWish,
  policies: readonly PortPolicy[],
): Pick<PortWish, 'addresses'> {
  const ranges = rangesOf(policies).filter(
    ({ range }) => range.protocol === protocol && isFor(range, owner),
  )
  const wish = { addresses: ADDRESSES }
  // What others are to reach is theirs to say.
  const isEnough = ({ range }: RuledRange): boolean =>
    range.addresses.every(isLoopback) && mayHaveAddresses(range, wish)
  return ranges.every(isEnough) ? wish : {}
}

/** The names of ports that are inherited: by one start alone, or by those that run beside it as well. */
export interface InheritedNames {
  readonly own: readonly string[]
  readonly shared: readonly string[]
}

/** Why those of these that are to be inherited cannot be, together; undefined: they can. */
export function whyNotInherited(
  leases: readonly PortLease[],
  { own, shared }: InheritedNames,
): NoPorts | undefined {
  const inherited = leases.filter(({ owner }) => [...own, ...shared].includes(owner.port))
  const isShared = ({ owner, state }: PortLease): boolean =>
    shared.includes(owner.port) && isListenedTo(state)
  const numbered = inherited.find((lease) => isShared(lease) && lease.giving === 'number')
  if (numbered !== undefined) return nothingToShare(numbered)
  const loose = inherited.find((lease) => lease.state !== 'held' && !isShared(lease))
  if (loose !== undefined) return nothingHeld(loose.owner.port, shared)
  const sockets = inherited.flatMap(({ claim }) => claim.addresses).length
  if (sockets <= SOCKETS_MAX) return undefined
  const sentence =
    `the ports that it inherits are ${sockets} sockets, one for each of their addresses, and a ` +
    `process inherits ${SOCKETS_MAX} at most. Give it the number of some instead, or an \`address\`.`
  return { reason: 'too-many-sockets', sentence }
}

/** No socket stands for a port that is to be inherited. @param shared those that starts share */
export function nothingHeld(port: string, shared: readonly string[] = []): NoPorts {
  const way = shared.includes(port)
    ? 'Take `roll.by` out: then each start is told a number, behind a front.'
    : `Take \`run.ports.${port}.inherit\` out: then it is told the number.`
  const sentence = `no socket can be held here for port ${port}, so that there is none to inherit. ${way}`
  return { reason: 'not-held', sentence }
}

/** A start that was told the number listens on a socket of its own. */
function nothingToShare({ owner, claim, process }: PortLease): NoPorts {
  const sentence =
    `process ${process?.pid ?? '?'} was told the number of port ${owner.port}, ${claim.port}, and listens there by ` +
    'itself, so that there is no socket to share. Bring the component down before its starts share one.'
  return { reason: 'taken', sentence }
}

/** What was to be inherited is not there. */
export function notHeld(hint: string): Fault {
  return new Fault({
    code: 'ports-unavailable',
    operation: 'start with inherited ports',
    subject: 'keeper',
    hint,
  })
}
