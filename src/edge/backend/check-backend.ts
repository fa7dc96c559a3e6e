/**
 * Where a backend is, and whether it may be written into what another program reads: never more than it
 * seems to be.
 */
import { isIP } from 'node:net'
import { Fault } from '../../core/fault/fault.ts'
import { printHostPort } from '../../core/port/ip-text.ts'
import type { Backend } from '../../seams/data-plane.ts'

/** Where something listens. */
export type Place = Pick<Backend, 'address' | 'port'>

/** @throws data-plane-failed when its id, address or port is none */
export function checkBackend(front: string, { id, address, port }: Backend): void {
  const isPort = Number.isInteger(port) && port >= 1 && port <= 65_535
  const isName = /^[A-Za-z0-9_.:-]{1,200}$/.test(id)
  if (isPort && isName && isIP(address) !== 0 && !address.includes('%')) return
  throw new Fault({
    code: 'data-plane-failed',
    operation: 'route',
    subject: front,
    hint: `${id} at ${address}:${port} is not a name, a literal address and a port`,
  })
}

/** As configurations name it: `127.0.0.1:80`, `[::1]:80`. */
export function printPlace({ address, port }: Place): string {
  return printHostPort(address, port)
}

/** Whether both listen at the same. */
export function isSamePlace(one: Place, other: Place): boolean {
  return one.address === other.address && one.port === other.port
}
