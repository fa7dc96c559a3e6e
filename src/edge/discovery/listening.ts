/** How servers of discovery begin to listen and end, the same for every protocol they speak. */
import { once } from 'node:events'
import type { AddressInfo, ListenOptions, Server } from 'node:net'

/** Resolves once it listens. @throws what the system says when it cannot */
export async function beginListening(server: Server, place: ListenOptions): Promise<void> {
  server.listen(place)
  await once(server, 'listening')
}

/** How often a port is chosen anew that is not free everywhere. */
const PORT_TRIES = 20

/**
 * Opens what listens in several places on one port. One that is free in the first of them may be taken in
 * the next: then another one is tried, unless it was asked for by its number.
 *
 * @throws what the system says when it cannot
 */
export async function openOnOnePort<Door>(port: number, open: () => Promise<Door>): Promise<Door> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await open()
    } catch (thrown) {
      if (port !== 0 || tries === PORT_TRIES) throw thrown
    }
  }
}

/** Whether the machine has no such address, such as one without IPv6, which has one loopback address less. */
export function isAddressAbsent(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'
}

/** The port it listens on. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

/** Listens no longer, and cuts off whoever is connected. Idempotent. */
export async function endListening(server: Server, cut: () => void): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  cut()
  await closed
}
