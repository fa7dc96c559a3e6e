/**
 * The NATS client's way to the server: a connection that is open, and has been greeted, already. The
 * client makes no connection of its own, so every address and certificate is judged where all probes
 * judge them, and whoever opened the connection can end it at any moment.
 */
import type { Socket } from 'node:net'
import type { ConnectionOptions, Server, Transport } from '@nats-io/transport-node'

/** The most that a server may say in one attempt. */
const BYTES_MAX = 4 * 1_048_576

/** What is handed over. */
export interface HandedOver {
  readonly socket: Socket
  /** What the server said when it greeted; the client has to hear it too. */
  readonly greeting: Uint8Array
  readonly isSecure: boolean
}

/** The client's options, with what is handed over among them. */
export interface HandedOverOptions extends ConnectionOptions {
  readonly handedOver: HandedOver
}

/** Speaks over what was handed over. */
export class HandedOverTransport implements Transport {
  readonly lang = 'rampart'
  readonly version = '1'
  closeError?: Error
  #handedOver: HandedOver | undefined
  #isClosed = false
  readonly #closed = Promise.withResolvers<Error | undefined>()

  get isClosed(): boolean {
    return this.#isClosed
  }

  connect(_server: Server, options: ConnectionOptions): Promise<void> {
    this.#handedOver = (options as HandedOverOptions).handedOver
    const { socket, greeting } = this.#handedOver
    const [, refusal] = /-ERR '([^'\r\n]*)'/.exec(Buffer.from(greeting).toString('latin1')) ?? []
    if (refusal !== undefined) return Promise.reject(new SessionTrouble('REFUSED', refusal))
    socket.on('error', (error) => {
      this.closeError ??= error
    })
    socket.once('close', () => {
      this.#isClosed = true
      this.#closed.resolve(this.closeError)
    })
    return Promise.resolve()
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    return this.#read()
  }

  isEncrypted(): boolean {
    return this.#handedOver?.isSecure === true
  }

  send(frame: Uint8Array): void {
    const socket = this.#handedOver?.socket
    if (socket?.writable === true) socket.write(frame)
  }

  close(error?: Error): Promise<void> {
    if (error !== undefined) this.closeError ??= error
    this.#isClosed = true
    this.#handedOver?.socket.destroy()
    this.#closed.resolve(this.closeError)
    return Promise.resolve()
  }

  disconnect(): void {
    this.#handedOver?.socket.destroy()
  }

  closed(): Promise<undefined | Error> {
    return this.#closed.promise
  }

  discard(): void {
    this.#handedOver?.socket.destroy()
  }

  /** Never throws: the client would only print it. */
  async *#read(): AsyncGenerator<Uint8Array, undefined> {
    if (this.#handedOver === undefined) return undefined
    const { socket, greeting } = this.#handedOver
    let bytes = 0
    let isUnderstood = false
    try {
      yield greeting
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        bytes += chunk.length
        if (bytes > BYTES_MAX) throw new SessionTrouble('TOO_LARGE', 'It does not stop talking.')
        yield chunk
      }
      isUnderstood = true
    } catch (thrown) {
      isUnderstood = true
      this.closeError ??= thrown instanceof Error ? thrown : new Error(String(thrown))
    } finally {
      // The client stops listening when it cannot understand what it hears.
      if (!isUnderstood && !this.#isClosed) {
        this.closeError ??= new SessionTrouble('NOT_NATS', 'It does not speak NATS.')
      }
      socket.destroy()
    }
    return undefined
  }
}

/** Why a session ended, by a code. */
export class SessionTrouble extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}
