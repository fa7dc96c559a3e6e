/** A server that speaks no protocol: what a probe meets when something else, or nothing, answers. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

/** A server that listens until its test ends. */
export interface Listener {
  readonly port: number
  /** Every connection so far. */
  readonly sockets: readonly Socket[]
  /** Closes it, and every connection to it; idempotent. */
  close(): void
}

/** Listens on a free port. `onData` is told of the first bytes of each connection, which are lost. */
export async function listen(
  test: TestContext,
  onData: (socket: Socket) => unknown,
  host = '127.0.0.1',
): Promise<Listener> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => 'The probe has gone.')
    socket.once('data', () => onData(socket))
  })
  server.listen(0, host)
  await once(server, 'listening')
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  test.after(close)
  return { port: (server.address() as AddressInfo).port, sockets, close }
}
