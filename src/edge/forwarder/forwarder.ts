/**
 * Fronts that listen, and the backends behind each: the data plane that needs no other program. It
 * lives and ends with its process.
 */
import { once } from 'node:events'
import { createServer, type ListenOptions, Server, type Socket } from 'node:net'
import { Fault } from '../../core/fault/fault.ts'
import type { Backend, DataPlane, RoutedBackend } from '../../seams/data-plane.ts'
import { BackendPool, type WaitingLimits } from './backend-pool.ts'
import {
  type FrontCounts,
  type FrontDefinition,
  type MayConnect,
  type OnRefused,
  WAIT_MS,
} from './front.ts'
import { createHttpFront } from './http-front.ts'
import { carryConnection, type FrontParts } from './tcp-front.ts'

/** What a forwarder is given. */
export interface ForwarderOptions {
  /** @default everybody may */
  readonly mayConnect?: MayConnect
  readonly onRefused?: OnRefused
}

interface OpenFront {
  definition: FrontDefinition
  readonly parts: FrontParts
  readonly servers: readonly Server[]
  readonly sockets: Set<Socket>
  accepted: number
  refused: number
}

/** The built-in data plane. */
export class Forwarder implements DataPlane {
  readonly name = 'forwarder'
  readonly #fronts = new Map<string, OpenFront>()
  readonly #options: ForwarderOptions

  constructor(options: ForwarderOptions = {}) {
    this.#options = options
  }

  /**
   * Listens at a front, on sockets that this process has inherited where they are given; quiet when
   * it does already.
   *
   * @throws data-plane-failed when it cannot listen there
   */
  async open(definition: FrontDefinition, inherited: readonly number[] = []): Promise<void> {
    if (this.#fronts.has(definition.name)) return
    const servers: Server[] = []
    const front: OpenFront = {
      definition,
      parts: {
        definition,
        pool: new BackendPool(limitsOf(definition)),
        mayConnect: this.#options.mayConnect,
        onRefused: (sentence) => {
          front.refused += 1
          this.#options.onRefused?.(definition.name, sentence)
        },
      },
      servers,
      sockets: new Set(),
      accepted: 0,
      refused: 0,
    }
    this.#fronts.set(definition.name, front)
    try {
      for (const place of placesOf(definition, inherited))
        servers.push(await listenAt(front, place))
    } catch (cause) {
      await this.close(definition.name)
      const hint = `cannot listen: ${cause instanceof Error ? cause.message : String(cause)}`
      throw new Fault({ ...failed('open a front', definition.name), hint, cause })
    }
  }

  /** Ends a front and every connection there; quiet when there is none. */
  async close(name: string): Promise<void> {
    const front = this.#fronts.get(name)
    if (front === undefined) return
    this.#fronts.delete(name)
    for (const { backend } of front.parts.pool.list()) front.parts.pool.remove(backend.id)
    const closed = front.servers.map((server) => {
      return new Promise((resolve) => Server.prototype.close.call(server, resolve))
    })
    for (const socket of front.sockets) socket.destroy()
    await Promise.all(closed)
  }

  /** How long, and how many, may wait from now on, by a definition that says nothing else anew. */
  setWaiting(definition: FrontDefinition): void {
    const front = this.#front(definition.name)
    front.definition = definition
    front.parts.pool.setLimits(limitsOf(definition))
  }

  /** Has exactly these from now on; what is under way at others is cut off. */
  async set(name: string, backends: readonly RoutedBackend[]): Promise<void> {
    const { pool } = this.#front(name).parts
    for (const { state, ...backend } of backends) {
      pool.route(backend)
      if (state === 'draining') pool.drain(backend)
    }
    const ids = new Set(backends.map(({ id }) => id))
    for (const { backend } of pool.list()) if (!ids.has(backend.id)) pool.remove(backend.id)
  }

  async route(name: string, backend: Backend): Promise<void> {
    this.#front(name).parts.pool.route(backend)
  }

  async drain(name: string, backend: Backend): Promise<void> {
    this.#front(name).parts.pool.drain(backend)
  }

  async inFlight(name: string, { id }: Backend): Promise<number> {
    return this.#fronts.get(name)?.parts.pool.find(id)?.inFlight ?? 0
  }

  async remove(name: string, { id }: Backend): Promise<void> {
    this.#fronts.get(name)?.parts.pool.remove(id)
  }

  async backends(name: string): Promise<readonly RoutedBackend[]> {
    const all = this.#fronts.get(name)?.parts.pool.list() ?? []
    return all.map(({ backend, state }) => ({ ...backend, state }))
  }

  /** The front of that name as it was opened. */
  definition(name: string): FrontDefinition | undefined {
    return this.#fronts.get(name)?.definition
  }

  /** What a front has carried; undefined when there is none of that name. */
  counts(name: string): FrontCounts | undefined {
    const front = this.#fronts.get(name)
    if (front === undefined) return undefined
    const { accepted, refused, parts } = front
    const { unserved, waiting } = parts.pool
    const backends = parts.pool.list().map((backend) => backend.counts())
    return { accepted, refused, unserved, waiting, backends }
  }

  #front(name: string): OpenFront {
    const front = this.#fronts.get(name)
    if (front !== undefined) return front
    throw new Fault({
      ...failed('move traffic', name),
      hint: 'there is no such front; open it first',
    })
  }
}

function failed(operation: string, subject: string) {
  return { code: 'data-plane-failed', operation, subject } as const
}

function limitsOf({ waitMs = WAIT_MS, waitingMax = 1_024 }: FrontDefinition): WaitingLimits {
  return { waitMs, waitingMax }
}

function placesOf(
  { addresses, port }: FrontDefinition,
  inherited: readonly number[],
): readonly ListenOptions[] {
  if (inherited.length > 0) return inherited.map((fd) => ({ fd }) as ListenOptions)
  return addresses.map((host) => ({ host, port, ipv6Only: host.includes(':'), backlog: 4_096 }))
}

async function listenAt(front: OpenFront, place: ListenOptions): Promise<Server> {
  const { parts, sockets } = front
  const server =
    parts.definition.mode === 'http'
      ? createHttpFront(parts)
      : createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
          carryConnection(parts, socket).catch(() => socket.destroy())
        })
  server.prependListener('connection', (socket: Socket) => {
    front.accepted += 1
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(place)
  await once(server, 'listening')
  return server
}
