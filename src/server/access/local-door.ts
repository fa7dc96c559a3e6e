/**
 * Which connections came through the Unix socket, and so from its owner. They are marked when they are
 * accepted: a TCP connection that has broken meanwhile has no address either, and must never pass for one.
 */
import type { Server as NetServer, Socket } from 'node:net'

/** The sockets that are the owner's. */
export class LocalDoor {
  readonly #sockets = new WeakSet<Socket>()

  /** Takes every connection of this server for its owner's. Only for one that listens on a Unix socket. */
  watch(server: NetServer): void {
    server.on('connection', (socket) => this.#sockets.add(socket))
  }

  /** Whether a connection came through it. */
  has(socket: Socket): boolean {
    return this.#sockets.has(socket)
  }
}
