/**
 * Messages of DNS on one TCP connection: two bytes of length before each, answered in the order in which
 * they came. A client that is idle, or does not read, loses its connection.
 *
 * @source RFC 7766
 */
import type { Socket } from 'node:net'

const IDLE_MS = 10_000
const UNSENT_BYTES_MAX = 262_144

/** Serves a connection for as long as it lasts. */
export function serveTcp(socket: Socket, respond: (message: Buffer) => Buffer | undefined): void {
  let rest: Buffer = Buffer.alloc(0)
  socket.setTimeout(IDLE_MS, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('data', (piece: Buffer) => {
    rest = Buffer.concat([rest, piece])
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0)
      const answer = respond(rest.subarray(2, end))
      rest = rest.subarray(end)
      if (answer === undefined || socket.writableLength > UNSENT_BYTES_MAX) {
        socket.destroy()
        return
      }
      const head = Buffer.alloc(2)
      head.writeUInt16BE(answer.length)
      socket.write(Buffer.concat([head, answer]))
    }
  })
}
