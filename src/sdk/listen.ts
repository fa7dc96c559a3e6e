/**
 * Listens where whoever started this process wants it to: on sockets that it inherits, else on the
 * port that its environment names. A service that calls it can be moved without refusing anybody.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net'
import { Fault } from '../core/fault/fault.ts'
import { addCompanion } from './companions.ts'
import { inheritedDescriptors } from './inherited-descriptors.ts'
import { watchConnections } from './watched-connections.ts'

/** Where to listen. */
export interface ListenPlace {
  /** The port's name, as in `LISTEN_FDNAMES` and `PORT_<NAME>`; absent: every descriptor, `PORT`. */
  readonly name?: string
  /** Used where a number is given, not a descriptor. @default HOST, else 127.0.0.1 */
  readonly host?: string
  /** Used where the environment says nothing. @default 0: any that is free */
  readonly port?: number
}

/** Where a server listens now. */
export interface Listening {
  readonly by: 'descriptor' | 'number'
  /** At least one. */
  readonly addresses: readonly AddressInfo[]
}

/**
 * Makes a server listen, and watches it for `drain`. Several descriptors of one name (a port by IPv4
 * and by IPv6) are all listened on.
 *
 * @throws address-unusable when the environment's port is not one
 * @throws the system's own error (EADDRINUSE, EACCES, …) when the port cannot be had
 */
export async function listen(server: Server, place: ListenPlace = {}): Promise<Listening> {
  watchConnections(server)
  const given = inheritedDescriptors().filter(
    ({ name }) => place.name === undefined || name === undefined || name === place.name,
  )
  const [first, ...others] = given
  if (first === undefined) {
    const port = numberOf(place)
    const host = place.host ?? process.env['HOST'] ?? '127.0.0.1'
    return { by: 'number', addresses: [await listenOn(server, { port, host })] }
  }
  const addresses = [await listenOn(server, { fd: first.descriptor } as ListenOptions)]
  for (const { descriptor } of others) {
    const companion = createServer((socket) => server.emit('connection', socket))
    addCompanion(server, companion)
    addresses.push(await listenOn(companion, { fd: descriptor } as ListenOptions))
  }
  return { by: 'descriptor', addresses }
}

async function listenOn(server: Server, options: ListenOptions): Promise<AddressInfo> {
  server.listen(options)
  // Fails with the server's own error.
  await once(server, 'listening')
  return server.address() as AddressInfo
}

function numberOf({ name, port = 0 }: ListenPlace): number {
  const own = name === undefined ? [] : [`PORT_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`]
  for (const variable of [...own, 'PORT']) {
    const text = process.env[variable]
    if (text === undefined || text === '') continue
    const number = Number(text)
    if (/^\d{1,5}$/.test(text) && number <= 65_535) return number
    throw new Fault({
      code: 'address-unusable',
      operation: 'listen',
      subject: variable,
      hint: `${variable}=${text} is not a port; set it to a number from 0 to 65535.`,
    })
  }
  return port
}
