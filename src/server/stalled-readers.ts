/**
 * Lets go of readers who take nothing of what they asked for: a live stream, lines, an export. Somebody
 * who never reads would otherwise be waited for as long as they like, with a connection and a message
 * kept for each of them. Whoever reads slowly but reads, and whoever waits for an answer, is left alone.
 */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Fault } from '../core/fault/fault.ts'

/** How long somebody may take nothing while there is something to take. @unit ms */
const STALL_MS = 120_000

/** How they are watched. */
export interface StallOptions {
  /** @unit ms @default 120000 */
  readonly stallMs?: number
  /** Told of each one that was let go, and why. */
  readonly onStalled?: ((fault: Fault) => void) | undefined
}

/** Watches every connection of a server. */
export function letGoOfStalled(server: HttpServer, options: StallOptions): void {
  const { stallMs = STALL_MS, onStalled = () => undefined } = options
  const asked = new WeakMap<Socket, string>()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket, method = '', url = '' } = request
    // Without the query, which may say more than a log should keep.
    asked.set(socket, `${method} ${url.split('?')[0] ?? ''}`)
    response.once('close', () => asked.delete(socket))
  })
  // Told when neither side has sent anything for so long, and nothing of what waits was taken.
  server.setTimeout(stallMs, (socket: Socket) => {
    const request = asked.get(socket)
    if (request !== undefined && socket.writableLength === 0) return
    if (request !== undefined) onStalled(stalled(request, socket, stallMs))
    socket.destroy()
  })
}

function stalled(request: string, { remoteAddress = 'somebody' }: Socket, stallMs: number): Fault {
  const seconds = Math.ceil(stallMs / 1_000)
  return new Fault({
    code: 'reader-stalled',
    operation: request,
    subject: remoteAddress,
    hint: `Nothing of the answer was taken for ${seconds} s, so the connection was ended.`,
  })
}
