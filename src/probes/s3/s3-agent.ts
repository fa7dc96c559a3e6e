/**
 * How the client of the store gets its connections: opened and secured as every probe's are, counted
 * up to a limit, and gone when the attempt is over. Nothing is taken from a pool that others use.
 */
import { Agent, type ClientRequestArgs } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FailedAddress } from '../connection/connection-failure.ts'
import { type AddressFamily, openConnection } from '../connection/open-connection.ts'
import { secureConnection } from '../connection/secure-connection.ts'
import type { TlsInput } from '../connection/tls-input.ts'

/** The most that the store may say over one connection. */
const BYTES_MAX = 1_048_576

type Handed = (error: Error | null, socket: Duplex) => void

/** Opens connections for one attempt. */
export class S3Agent extends Agent {
  readonly #tls: TlsInput | undefined
  readonly #signal: AbortSignal
  #failed: readonly FailedAddress[] = []
  #isTooMuch = false
  #connected: { readonly address: string; readonly family: AddressFamily } | undefined

  /** With `tls` it speaks TLS. */
  constructor(tls: TlsInput | undefined, signal: AbortSignal) {
    const protocol = tls === undefined ? 'http:' : 'https:'
    super({ keepAlive: true, maxSockets: 1, protocol, defaultPort: tls === undefined ? 80 : 443 })
    this.#tls = tls
    this.#signal = signal
  }

  /** What is known of the latest connection. */
  get seen(): {
    readonly failed: readonly FailedAddress[]
    readonly connected?: { readonly address: string; readonly family: AddressFamily }
  } {
    const connected = this.#connected
    return { failed: this.#failed, ...(connected === undefined ? {} : { connected }) }
  }

  /** Whether a connection was cut because the other side did not stop talking. */
  get isTooMuch(): boolean {
    return this.#isTooMuch
  }

  override createConnection(options: ClientRequestArgs, callback?: Handed): undefined {
    const host = options.host ?? ''
    const hand = callback ?? (() => 'Nobody waits for it.')
    this.#open(host, Number(options.port)).then(
      (socket) => hand(null, socket),
      // Whoever is told of an error looks at no socket.
      (error: Error) => hand(error, undefined as unknown as Duplex),
    )
  }

  async #open(host: string, port: number): Promise<Socket> {
    const connection = await openConnection({ host, port }, this.#signal)
    this.#failed = connection.failed
    if (!connection.opened) throw new Unconnected(connection.code)
    const { address, family } = connection
    this.#connected = { address, family }
    if (this.#tls === undefined) return this.#limited(connection.socket)
    const { socket } = connection
    const secured = await secureConnection({ socket, host, tls: this.#tls, signal: this.#signal })
    if ('failure' in secured) throw new Unconnected(secured.failure)
    return this.#limited(secured.socket)
  }

  #limited(socket: Socket): Socket {
    let bytes = 0
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= BYTES_MAX) return
      this.#isTooMuch = true
      socket.destroy()
    })
    return socket
  }
}

/** Why there is no connection. */
class Unconnected extends Error {
  readonly code: string

  constructor(code: string) {
    super(`no connection: ${code}`)
    this.code = code
  }
}
