/** Asks whether a client may come in; what cannot be told is a no. */
import type { Socket } from 'node:net'
import type { Admission, FrontClient, MayConnect } from './front.ts'

/** Judges one client by its socket. */
export async function admit(
  mayConnect: MayConnect,
  front: string,
  socket: Socket,
  token?: string,
): Promise<Admission> {
  const client: FrontClient = {
    front,
    connection: socket,
    remoteAddress: socket.remoteAddress ?? '',
    remotePort: socket.remotePort ?? 0,
    localAddress: socket.localAddress ?? '',
    localPort: socket.localPort ?? 0,
    ...(token === undefined ? {} : { token }),
  }
  try {
    return await mayConnect(client)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { allowed: false, sentence: `who connects could not be told: ${why}` }
  }
}
