/**
 * Finds free ports where no ledger is that they could be leased in, as with an agent: a port is free at
 * the moment it is looked at, and kept from other starts of this process until its own start has been
 * recorded.
 */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { PortProtocol } from '../../core/port/port-claim.ts'
import { protocolOf } from '../../core/port/port-protocols.ts'
import { notHeld, nothingHeld } from './inherited-ports.ts'
import type { NoPorts, PortRequest, PortReservation, PortSource } from './port-source.ts'

const TRIES_MAX = 64

/**
 * Where ports are looked for: below those that systems hand out to outgoing connections (from 32768 on
 * Linux, from 49152 elsewhere), any of which could take a port before its component listens there.
 */
const PORT_LEAST = 15_000
const PORT_BELOW = 32_000

/** A prime, so that neighbouring pids begin far from each other. */
const PID_STRIDE = 7_919

/** Allocates ports, never the same one to two starts at once. */
export class PortAllocator implements PortSource {
  readonly #reserved = new Set<number>()
  // Far from where another daemon of this machine begins, whose pid is another one.
  #next = (process.pid * PID_STRIDE) % (PORT_BELOW - PORT_LEAST)

  async reserve(request: PortRequest): Promise<PortReservation | NoPorts> {
    const { inherited: [inherited] = [], shared } = request
    if (inherited !== undefined) return nothingHeld(inherited, shared)
    const ports: Record<string, number> = {}
    const release = (): void => {
      for (const port of Object.values(ports)) this.#reserved.delete(port)
    }
    for (const name of request.names) {
      const port = await this.#reserveOne(request, name)
      if (port === undefined) {
        release()
        return { sentence: 'there is no free port.' }
      }
      ports[name] = port
    }
    return { ports, release }
  }

  async letGo(): Promise<void> {
    // No socket holds what is handed out here.
  }

  inherit(): Promise<never> {
    return Promise.reject(notHeld('Ports are not leased here, so that no socket holds one.'))
  }

  took(): void {
    // The registry of the runtime remembers who runs with which ports.
  }

  async giveWay(): Promise<void> {
    // No socket is shared where none is held.
  }

  finishMs(): undefined {
    // No contract is in force where nothing is leased.
  }

  died(): void {
    // Nobody else is told who has which port.
  }

  published(): void {
    // As above.
  }

  ended(): void {
    // As above: nothing is kept here of what was released.
  }

  async #reserveOne(request: PortRequest, name: string): Promise<number | undefined> {
    const wanted = request.previous[name]
    const protocol = protocolOf(request.protocols, name)
    for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
      const port = (attempt === 0 ? wanted : undefined) ?? this.#nextPort()
      if (!this.#mayUse(port, request)) continue
      // Held while it is looked at, so that no other start looks at the same one.
      this.#reserved.add(port)
      if (await isPortFree(port, protocol)) return port
      this.#reserved.delete(port)
    }
    return undefined
  }

  #nextPort(): number {
    this.#next = (this.#next + 1) % (PORT_BELOW - PORT_LEAST)
    return PORT_LEAST + this.#next
  }

  #mayUse(port: number, request: PortRequest): boolean {
    return !this.#reserved.has(port) && !request.taken.has(port)
  }
}

/**
 * Whether nobody holds a port on any address, proved by the kernel letting us have it for a moment.
 * On every address, since a client may dial `localhost` by either family, and since some systems
 * let a wildcard and a specific address be bound side by side.
 */
export async function isPortFree(port: number, protocol: PortProtocol = 'tcp'): Promise<boolean> {
  const mayBind = protocol === 'tcp' ? mayListen : mayReceive
  for (const host of ['127.0.0.1', '::1', '0.0.0.0', '::']) {
    if (!(await mayBind(host, port))) return false
  }
  return true
}

/** Whether an address is one of this machine: the kernel lets nobody listen on another one's. */
export function isOwnAddress(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: address, port: 0, exclusive: true }, () =>
      server.close(() => resolve(true)),
    )
  })
}

/** Listens and lets go again; false when somebody else has it. */
function mayListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) => judgeRefusal(error).then(resolve, reject))
    server.listen({ host, port, exclusive: true, ipv6Only: host.includes(':') }, () =>
      server.close(() => resolve(true)),
    )
  })
}

/** Binds a socket for datagrams, which shares its port with nobody, and lets go again. */
function mayReceive(address: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const isV6 = address.includes(':')
    const socket = createSocket(isV6 ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' })
    socket.once('error', (error) => {
      socket.close()
      judgeRefusal(error).then(resolve, reject)
    })
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(true)))
  })
}

/** Whether nobody has it all the same; what says nothing about that is thrown. */
async function judgeRefusal(error: NodeJS.ErrnoException): Promise<boolean> {
  // A machine without IPv6 has no rival there.
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') return true
  if (error.code === 'EADDRINUSE' || error.code === 'EACCES') return false
  throw error
}
