/** Whether a backend may be written into what another program reads: never more than it seems to be. */
import { isIP } from 'node:net'
import { Fault } from '../../core/fault/fault.ts'
import type { Backend } from '../../seams/data-plane.ts'

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
export function printPlace({ address, port }: Backend): string {
  return `${isIP(address) === 6 ? `[${address}]` : address}:${port}`
}
