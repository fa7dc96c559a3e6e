/**
 * Carries `http://api.shop.localhost:PORT/` to whoever is ready to serve it: HTTP/1.1, server-sent
 * events and WebSockets. It listens on loopback addresses only, and answers to names below `localhost`
 * only, so that no page of the web can reach through it by a name of its own.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { type ListenOptions, Server as NetServer, type Socket } from 'node:net'
import { LOOPBACK } from '../../../core/port/port-claim.ts'
import { printServicePort } from '../../../core/port/port-owner.ts'
import { carryUpgrade } from '../../forwarder/carry-upgrade.ts'
import type { MayConnect } from '../../forwarder/front.ts'
import { hostsOf } from '../../forwarder/http-fields.ts'
import { carryRequest, createCarrier } from '../../forwarder/http-front.ts'
import type { FrontParts } from '../../forwarder/tcp-front.ts'
import { nameOfHost } from '../host-names.ts'
import { printTarget } from '../instances.ts'
import { beginListening, isAddressAbsent, openOnOnePort, portOf } from '../listening.ts'
import type { ServedPort } from './find-port.ts'
import { PortPools, type PortPoolsParts } from './port-pools.ts'
import {
  pageOfAll,
  pageOfForeign,
  pageOfSecure,
  pageOfSeveral,
  pageOfUnknown,
  pageOfUnserved,
  type RefusalPage,
  sendPage,
} from './refusal-page.ts'

/** What it serves, and where. */
export interface LocalhostProxyOptions extends PortPoolsParts {
  /** @default 0: any that is free, the same for both loopback addresses */
  readonly port?: number
  /** Listening sockets that were inherited, instead of a port. */
  readonly inherited?: readonly number[]
  /** How long a request waits while nobody is ready. @unit ms @default 10000 */
  readonly waitMs?: number
  /** How many may wait for one service at once. @default 1024 */
  readonly waitingMax?: number
  /** @default everybody may */
  readonly mayConnect?: MayConnect
  /** Is told of what should never go wrong. */
  readonly onTrouble?: (error: unknown) => void
}

const SUFFIX = '.localhost'

/** A proxy that listens until it is closed. */
export class LocalhostProxy {
  readonly #options: LocalhostProxyOptions
  readonly #pools: PortPools
  readonly #waitMs: number
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()
  #port = 0

  private constructor(options: LocalhostProxyOptions) {
    const { waitMs = 10_000, waitingMax = 1_024 } = options
    this.#options = options
    this.#waitMs = waitMs
    this.#pools = new PortPools(options, { waitMs, waitingMax })
  }

  /** Listens, on both loopback addresses where there are two. @throws what the system says when it cannot */
  static async open(options: LocalhostProxyOptions): Promise<LocalhostProxy> {
    return await openOnOnePort(options.port ?? 0, async () => {
      const proxy = new LocalhostProxy(options)
      try {
        await proxy.#listen()
        return proxy
      } catch (thrown) {
        await proxy.close()
        throw thrown
      }
    })
  }

  /** The port of all its addresses. */
  get port(): number {
    return this.#port
  }

  /** Ends every connection. Idempotent. */
  async close(): Promise<void> {
    this.#pools.close()
    const closed = this.#servers.splice(0).map((server) => {
      return new Promise((resolve) => NetServer.prototype.close.call(server, resolve))
    })
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(closed)
  }

  async #listen(): Promise<void> {
    const { inherited, port = 0 } = this.#options
    if (inherited !== undefined) {
      for (const fd of inherited) await this.#listenAt({ fd } as ListenOptions)
      return
    }
    this.#port = port
    for (const host of LOOPBACK) {
      try {
        await this.#listenAt({ host, port: this.#port, ipv6Only: host.includes(':') })
      } catch (thrown) {
        if (!isAddressAbsent(thrown)) throw thrown
      }
    }
  }

  async #listenAt(place: ListenOptions): Promise<void> {
    const server = createCarrier({
      request: (request, response) => this.#carry(request, response),
      upgrade: (request, socket, head) => this.#carryUpgrade(request, socket, head),
      onBroken: (error) => this.#options.onTrouble?.(error),
    })
    server.prependListener('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#servers.push(server)
    await beginListening(server, place)
    this.#port = portOf(server)
  }

  async #carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = this.#targetOf(request)
    if ('served' in target) {
      await carryRequest(this.#partsOf(target.served, target.name), request, response)
    } else sendPage(target, request, response)
  }

  async #carryUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const target = this.#targetOf(request)
    if ('served' in target) {
      const parts = this.#partsOf(target.served, target.name)
      await carryUpgrade(parts, { request, socket, head })
      return
    }
    const text = `${target.sentences.join('\n')}\n`
    const line = `HTTP/1.1 ${target.status === 200 ? 404 : target.status} Refused`
    const fields = `Connection: close\r\nContent-Length: ${Buffer.byteLength(text)}`
    socket.end(`${line}\r\n${fields}\r\n\r\n${text}`)
  }

  #targetOf(
    request: IncomingMessage,
  ): { readonly served: ServedPort; readonly name: string } | RefusalPage {
    const host = nameOfHost(onlyHost(request))
    if (host === 'localhost') return pageOfAll(this.#pools.list())
    if (host === undefined || !host.endsWith(SUFFIX)) return pageOfForeign()
    const name = host.slice(0, -SUFFIX.length)
    const meaning = this.#pools.find(name)
    if (meaning.verdict === 'unknown') return pageOfUnknown(name, this.#pools.list())
    if (meaning.verdict === 'several') return pageOfSeveral(name, meaning.names)
    const secure = this.#pools.secureAt(meaning.served)
    if (secure !== undefined) return pageOfSecure(name, printTarget(secure))
    return { served: meaning.served, name }
  }

  #partsOf(served: ServedPort, name: string): FrontParts {
    const definition = {
      name: printServicePort(served),
      mode: 'http',
      addresses: LOOPBACK,
      port: this.#port,
    } as const
    return {
      definition,
      pool: this.#pools.poolOf(served),
      mayConnect: this.#options.mayConnect,
      onRefused: () => undefined,
      whenUnserved: (request, response) => {
        sendPage(pageOfUnserved(name, this.#waitMs), request, response)
      },
    }
  }
}

/** Undefined when there are several: whoever is behind could believe another one than this proxy did. */
function onlyHost({ rawHeaders }: IncomingMessage): string | undefined {
  const hosts = hostsOf(rawHeaders)
  return hosts.length === 1 ? hosts[0] : undefined
}
