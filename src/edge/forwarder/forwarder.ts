/**
 * Fronts that listen, and the backends behind each: the data plane that needs no other program. It
 * lives and ends with its process.
 */
import { once } from 'node:events'
import { type ListenOptions, Server, type Socket } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { present } from '../../core/fault/assert.ts'
import { Fault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Backend, DataPlane, RoutedBackend } from '../../seams/data-plane.ts'
import { BackendPool, type WaitingLimits } from './backend-pool.ts'
import { ClientCertificates } from './client-certificate.ts'
import {
  type FrontCounts,
  type FrontDefinition,
  type MayConnect,
  type OnRefused,
  WAIT_MS,
} from './front.ts'
import { createHttpFront } from './http-front.ts'
import { createTcpFront, type FrontParts } from './tcp-front.ts'
import { TlsDoor } from './tls-door.ts'

/** What a forwarder is given. */
export interface ForwarderOptions {
  /** @default everybody may */
  readonly mayConnect?: MayConnect
  readonly onRefused?: OnRefused
  /** Tells whether certificates count; fronts that end TLS need it. */
  readonly clock?: Clock
  /**
   * Is told of what is wrong with the files of a front's TLS, and when that is over; and of what should
   * never go wrong, each once.
   */
  readonly onTrouble?: (front: string, sentence: string) => void
}

/** So many things that should never go wrong are told of at one front. */
const BROKEN_MAX = 20

interface OpenFront {
  definition: FrontDefinition
  readonly parts: FrontParts
  /** Where it listens. */
  readonly places: readonly ListenOptions[]
  readonly servers: Server[]
  /** Absent: it speaks no TLS. */
  readonly door?: TlsDoor
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
   * it does already. Where the files of its TLS cannot be used it is shut: it listens once they can.
   *
   * @throws data-plane-failed when it cannot listen there
   */
  async open(definition: FrontDefinition, inherited: readonly number[] = []): Promise<void> {
    if (this.#fronts.has(definition.name)) return
    const front = this.#made(definition, placesOf(definition, inherited))
    this.#fronts.set(definition.name, front)
    if (front.door?.isShut === true) return
    try {
      await listen(front)
    } catch (cause) {
      await this.close(definition.name)
      const hint = `cannot listen: ${cause instanceof Error ? cause.message : String(cause)}`
      throw new Fault({ ...failed('open a front', definition.name), hint, cause })
    }
  }

  #made(definition: FrontDefinition, places: readonly ListenOptions[]): OpenFront {
    const { mayConnect, clock } = this.#options
    const onRefused = (sentence: string): void => {
      front.refused += 1
      this.#options.onRefused?.(definition.name, sentence)
    }
    const { name, mode, tls } = definition
    const nowMs = (): number => present(clock, 'who ends TLS knows the time').nowMs()
    const onTrouble = (sentence: string): void => this.#options.onTrouble?.(name, sentence)
    const asks = tls?.clientCa !== undefined
    const open = async (): Promise<void> => await listen(front)
    const front: OpenFront = {
      definition,
      places,
      parts: {
        definition,
        pool: new BackendPool(limitsOf(definition)),
        mayConnect,
        onRefused,
        onBroken: onceEach((sentence) => onTrouble(sentence)),
        ...(asks ? { certificates: new ClientCertificates(nowMs) } : {}),
      },
      servers: [],
      ...(tls && { door: new TlsDoor(tls, { mode, nowMs, onRefused, onTrouble, open }) }),
      sockets: new Set(),
      accepted: 0,
      refused: 0,
    }
    return front
  }

  /** Ends a front and every connection there; quiet when there is none. */
  async close(name: string): Promise<void> {
    const front = this.#fronts.get(name)
    if (front === undefined) return
    this.#fronts.delete(name)
    for (const { backend } of front.parts.pool.list()) front.parts.pool.remove(backend.id)
    front.door?.close()
    const closed = front.servers.map((server) => {
      return new Promise((resolve) => Server.prototype.close.call(server, resolve))
    })
    for (const socket of front.sockets) socket.destroy()
    await Promise.all(closed)
  }

  /**
   * From now on a front is what it can become.
   *
   * @throws certificate-unusable, and leaves it as it was
   */
  become(definition: FrontDefinition): void {
    const front = this.#front(definition.name)
    const { tls } = definition
    const isSame = isDeepStrictEqual(tls, front.definition.tls)
    if (tls !== undefined && !isSame) front.door?.become(tls)
    front.definition = definition
    front.parts.pool.setLimits(limitsOf(definition))
  }

  /** What is wrong with the files of its TLS; undefined: nothing. */
  trouble(name: string): string | undefined {
    return this.#fronts.get(name)?.door?.trouble
  }

  /** Whether it lets nobody in, for that. */
  isShut(name: string): boolean {
    return this.#fronts.get(name)?.door?.isShut === true
  }

  /** Looks at the files of its TLS now, as it does by itself every second. */
  async look(name: string): Promise<void> {
    await this.#fronts.get(name)?.door?.look()
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

/** Clients that come again and again fill no log. */
function onceEach(tell: (sentence: string) => void): (error: unknown) => void {
  const told = new Set<string>()
  return (error) => {
    const sentence = `a client was cut off by a mistake of Rampart: ${whereOf(error)}`
    if (told.has(sentence) || told.size === BROKEN_MAX) return
    told.add(sentence)
    tell(sentence)
  }
}

/** What went wrong, and the line of the program. */
function whereOf(error: unknown): string {
  const lines =
    error instanceof Error ? (error.stack ?? error.message).split('\n') : [String(error)]
  return lines
    .slice(0, 2)
    .map((line) => line.trim())
    .join(' ')
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

/** At every place; after a failure those where it listens already are left as they are. */
async function listen(front: OpenFront): Promise<void> {
  for (const place of front.places.slice(front.servers.length)) await listenAt(front, place)
}

async function listenAt(front: OpenFront, place: ListenOptions): Promise<void> {
  const { parts, sockets, door, servers } = front
  const create = parts.definition.mode === 'http' ? createHttpFront : createTcpFront
  const server = create(parts, door?.serverOptions())
  server.prependListener('connection', (socket: Socket) => {
    front.accepted += 1
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  door?.guard(server)
  server.listen(place)
  await once(server, 'listening')
  servers.push(server)
}
