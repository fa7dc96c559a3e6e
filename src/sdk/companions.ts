/** Servers that listen on further sockets for another server: one listens on one socket only. */
import type { Server } from 'node:net'

const companions = new WeakMap<Server, readonly Server[]>()

/** Those that hand their connections to this server. */
export function companionsOf(server: Server): readonly Server[] {
  return companions.get(server) ?? []
}

/** Remembers one more. */
export function addCompanion(server: Server, companion: Server): void {
  companions.set(server, [...companionsOf(server), companion])
}
