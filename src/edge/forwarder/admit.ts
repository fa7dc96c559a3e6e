/** Asks whether a client may come in; what cannot be told is a no. */
import type { Socket } from 'node:net'
import type { Admission, FrontClient, MayConnect } from './front.ts'
import type { FrontParts } from './tcp-front.ts'

/** Judges one client by its socket, and with `http` by its token. */
export async function admit(
  mayConnect: MayConnect,
  { definition, certificates }: Pick<FrontParts, 'definition' | 'certificates'>,
  { socket, token }: { readonly socket: Socket; readonly token?: string | undefined },
): Promise<Admission> {
  const shown = certificates?.of(socket)
  const client: FrontClient = {
    front: definition.name,
    connection: socket,
    remoteAddress: socket.remoteAddress ?? '',
    remotePort: socket.remotePort ?? 0,
    localAddress: socket.localAddress ?? '',
    localPort: socket.localPort ?? 0,
    ...(token === undefined ? {} : { token }),
    ...(shown === undefined ? {} : { shown }),
  }
  try {
    return await mayConnect(client)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { allowed: false, sentence: `who connects could not be told: ${why}` }
  }
}
