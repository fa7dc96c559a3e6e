/** Cuts off a connection whose other side does not stop talking. */
import type { Socket } from 'node:net'

/** The most that a server may say in one attempt. */
const BYTES_MAX = 8 * 1_048_576

/** Destroys the socket, with the code `TOO_LARGE`, once it has read too much. */
export function limitBytes(socket: Socket): void {
  let bytes = 0
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > BYTES_MAX) socket.destroy(new TooMuch(`more than ${BYTES_MAX} bytes were said`))
  })
}

/** Why it was destroyed. */
class TooMuch extends Error {
  readonly code = 'TOO_LARGE'
}
