/**
 * What stands between a TLS condition of the copy and the server that it asks. It passes everything on as
 * it is, until it is told to answer itself, with a certificate of ours.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket, type TLSSocketOptions } from 'node:tls'
import type { Certificate } from './certificate.ts'

/** Where a relay passes on to. */
export interface RelayTarget {
  readonly host: string
  readonly port: number
}

/** How it answers itself. */
export interface RelayAnswer extends Certificate {
  readonly maxVersion?: 'TLSv1.1' | 'TLSv1.2'
  /** Protocols to agree on, by the names of ALPN. */
  readonly protocols: readonly string[]
}

/** OpenSSL refuses to speak what is old unless it is told that nothing matters. */
const OLD_CIPHERS = 'DEFAULT@SECLEVEL=0'

/** One relay, on a free port of 127.0.0.1. */
export class TlsRelay {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #answer: RelayAnswer | undefined

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  /** Opens one; `target` is asked anew for every connection, and undefined refuses it. */
  static async open(target: () => Promise<RelayTarget | undefined>): Promise<TlsRelay> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const relay = new TlsRelay(server)
    server.on('connection', (socket) => relay.#take(socket, target))
    return relay
  }

  /** Answers itself from now on; undefined: passes on again. */
  answerWith(answer: RelayAnswer | undefined): void {
    this.#answer = answer
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #take(socket: Socket, target: () => Promise<RelayTarget | undefined>): void {
    this.#keep(socket)
    if (this.#answer !== undefined) return answerOn(socket, this.#answer)
    socket.pause()
    target().then(
      (found) => {
        if (found === undefined) return void socket.destroy()
        const behind = connect(found.port, found.host)
        this.#keep(behind)
        behind.once('close', () => socket.destroy())
        socket.once('close', () => behind.destroy())
        socket.pipe(behind).pipe(socket)
      },
      () => socket.destroy(),
    )
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#sockets.delete(socket))
  }
}

/** Shakes hands; whoever asks leaves then. */
function answerOn(socket: Socket, { certificate, key, maxVersion, protocols }: RelayAnswer): void {
  const secureContext = createSecureContext({
    cert: certificate,
    key,
    ...(maxVersion === undefined ? {} : { minVersion: 'TLSv1', maxVersion, ciphers: OLD_CIPHERS }),
  })
  const options: TLSSocketOptions = {
    isServer: true,
    secureContext,
    ...(protocols.length === 0 ? {} : { ALPNProtocols: [...protocols] }),
  }
  const secured = new TLSSocket(socket, options)
  secured.on('error', () => socket.destroy())
  secured.resume()
}
