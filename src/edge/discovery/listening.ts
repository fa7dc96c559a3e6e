/** How servers of discovery begin to listen and end, the same for every protocol they speak. */
import { once } from 'node:events'
import type { AddressInfo, ListenOptions, Server } from 'node:net'

/** Resolves once it listens. @throws what the system says when it cannot */
export async function beginListening(server: Server, place: ListenOptions): Promise<void> {
  server.listen(place)
  await once(server, 'listening')
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
