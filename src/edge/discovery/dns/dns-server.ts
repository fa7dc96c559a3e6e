/**
 * Tells by DNS who serves what, over UDP and TCP on the same port. It knows its own zones and nothing
 * else, listens on loopback addresses unless told otherwise, and never passes a question on.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { EVERY_ADDRESS, LOOPBACK } from '../../../core/port/port-claim.ts'
import type { Clock } from '../../../seams/clock.ts'
import type { Endpoints } from '../../../seams/endpoints.ts'
import { beginListening, isAddressAbsent, openOnOnePort, portOf } from '../listening.ts'
import type { HomeNames } from '../service-name.ts'
import type { ZoneView } from './answer-question.ts'
import { respond } from './respond.ts'
import { SourceLimit } from './source-limit.ts'
import { serveTcp } from './tcp-messages.ts'
import { makeZone, type ZoneStyle, type ZoneTable } from './zone.ts'

/** What it serves, and where. */
export interface DnsServerOptions {
  readonly endpoints: Endpoints
  readonly clock: Clock
  /** @default 127.0.0.1 and ::1 */
  readonly addresses?: readonly string[]
  /** @default 0: any that is free, the same for all addresses and both protocols */
  readonly port?: number
  /** @default `ports.test`, and `consul` as Consul does it */
  readonly zones?: readonly { readonly origin: string; readonly style: ZoneStyle }[]
  readonly home?: HomeNames
  /** How long an answer may be kept. @unit s @default 1 */
  readonly ttlS?: number
  /** How long it may be kept that there is nothing. @unit s @default 1 */
  readonly negativeTtlS?: number
  /** How many questions a second one network may ask by UDP. @default 200 */
  readonly perNetwork?: number
  /** Told of what is a bug of ours; whoever asked gets no answer. */
  readonly onTrouble: (error: unknown) => void
}

/**
 * `test` is reserved for ever: no public name, and no name of a company, can be hidden by it, and no
 * browser treats it as `localhost`.
 *
 * @source RFC 6761, section 6.2
 */
const DEFAULT_ZONES: NonNullable<DnsServerOptions['zones']> = [
  { origin: 'ports.test', style: 'plain' },
  { origin: 'consul', style: 'consul' },
]

const CONNECTIONS_MAX = 256

/** A server that listens until it is closed. */
export class DnsServer {
  readonly #options: DnsServerOptions
  readonly #limit: SourceLimit
  readonly #udp: UdpSocket[] = []
  readonly #tcp: Server[] = []
  readonly #connections = new Set<Socket>()
  readonly #listening: string[] = []
  #tables: { readonly index: number; readonly zones: readonly ZoneTable[] } | undefined
  #port = 0

  private constructor(options: DnsServerOptions) {
    this.#options = options
    this.#limit = new SourceLimit(options.clock, options.perNetwork ?? 200)
  }

  /** Listens, on all addresses or none. @throws what the system says when it cannot */
  static async open(options: DnsServerOptions): Promise<DnsServer> {
    return await openOnOnePort(options.port ?? 0, async () => {
      const server = new DnsServer(options)
      try {
        await server.#listen()
        return server
      } catch (thrown) {
        await server.close()
        throw thrown
      }
    })
  }

  /** The port of all its addresses. */
  get port(): number {
    return this.#port
  }

  /** Cuts off every connection. Idempotent. */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy()
    for (const socket of this.#udp.splice(0)) socket.close()
    const servers = this.#tcp.splice(0).filter((server) => server.listening)
    await Promise.all(servers.map((server) => once(server.close(), 'close')))
  }

  async #listen(): Promise<void> {
    this.#port = this.#options.port ?? 0
    for (const address of this.#options.addresses ?? LOOPBACK) {
      try {
        await this.#listenTcp(address)
        await this.#listenUdp(address)
        this.#listening.push(address)
      } catch (thrown) {
        // Who names addresses means all of them.
        if (this.#options.addresses !== undefined || !isAddressAbsent(thrown)) throw thrown
      }
    }
  }

  async #listenTcp(address: string): Promise<void> {
    const server = createServer((socket) => {
      this.#connections.add(socket)
      socket.on('close', () => this.#connections.delete(socket))
      serveTcp(socket, (message) => this.#respond(message, 'tcp', ''))
    })
    server.maxConnections = CONNECTIONS_MAX
    this.#tcp.push(server)
    const place = { host: address, port: this.#port, ipv6Only: address.includes(':') }
    await beginListening(server, place)
    this.#port = portOf(server)
  }

  async #listenUdp(address: string): Promise<void> {
    const isV6 = address.includes(':')
    const socket = createSocket({ type: isV6 ? 'udp6' : 'udp4', ipv6Only: isV6 })
    this.#udp.push(socket)
    socket.bind(this.#port, address)
    await once(socket, 'listening')
    socket.on('error', this.#options.onTrouble)
    socket.on('message', (message, from) => {
      const answer = this.#respond(message, 'udp', from.address)
      // Whoever asked may be gone; that an answer cannot be sent is nobody's trouble.
      if (answer !== undefined) socket.send(answer, from.port, from.address, () => undefined)
    })
  }

  #respond(message: Buffer, transport: 'udp' | 'tcp', from: string): Buffer | undefined {
    try {
      const isLimited = transport === 'udp' && this.#limit.isOver(from)
      return respond(message, this.#zones(), { transport, isLimited })
    } catch (thrown) {
      this.#options.onTrouble(thrown)
      return undefined
    }
  }

  #zones(): readonly ZoneView[] {
    const { endpoints, home = {}, ttlS = 1, negativeTtlS = 1 } = this.#options
    const zones = this.#options.zones ?? DEFAULT_ZONES
    const { index } = endpoints
    if (this.#tables?.index !== index) {
      const list = endpoints.list()
      this.#tables = { index, zones: zones.map(({ style }) => makeZone(list, style, home)) }
    }
    const tables = this.#tables.zones
    const serverAddresses = this.#listening.filter((address) => !EVERY_ADDRESS.includes(address))
    return zones.flatMap(({ origin }, place) => {
      const table = tables[place]
      if (table === undefined) return []
      return [{ origin, table, serial: index, ttlS, negativeTtlS, serverAddresses }]
    })
  }
}
