/**
 * What a claim on a port is over, and when two of them are over the same: the conflict key of
 * everything that Rampart says about ports.
 */

/** The protocols that have ports. */
export type PortProtocol = 'tcp' | 'udp'

/** A port of one machine (strictly: of one network namespace), on some of its addresses. */
export interface PortClaim {
  readonly protocol: PortProtocol
  /** Literal addresses; `0.0.0.0` is every one of IPv4, `::` every one of IPv6 alone. Never empty. */
  readonly addresses: readonly string[]
  /** @minimum 1 @maximum 65535 */
  readonly port: number
}

/** The addresses of a claim that says nothing else: `localhost` by either family. */
export const LOOPBACK: readonly string[] = ['127.0.0.1', '::1']

/** Every address of the machine. */
export const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::']

/** Whether only this machine itself gets to an address; one of IPv4 may be written as one of IPv6. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address)
}

/** By what address this machine gets to whatever listens there: by its loopback one, if on every one. */
export function reachedBy(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  return address === '::' ? '::1' : address
}

/** Whether at most one of two claims may be granted. */
export function claimsCollide(one: PortClaim, other: PortClaim): boolean {
  if (one.protocol !== other.protocol || one.port !== other.port) return false
  return one.addresses.some((mine) => other.addresses.some((theirs) => overlap(mine, theirs)))
}

function overlap(one: string, other: string): boolean {
  if (one === other) return true
  const isSameFamily = one.includes(':') === other.includes(':')
  return isSameFamily && (isWildcard(one) || isWildcard(other))
}

function isWildcard(address: string): boolean {
  return EVERY_ADDRESS.includes(address)
}
