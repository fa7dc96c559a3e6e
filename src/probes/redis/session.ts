/**
 * One session with a Redis server over a connection that is open already. The client reconnects to
 * nothing, repeats nothing and signs in with nothing by itself: whatever is sent is sent here, so that
 * every refusal is seen. When the signal aborts, the connection is destroyed.
 */
import type { Socket } from 'node:net'
import type { Redis } from 'ioredis'

/** The most that a server may say in one attempt. */
const BYTES_MAX = 4 * 1_048_576

/** A session that has been opened. */
export class Session {
  readonly #client: Redis
  readonly #socket: Socket
  readonly #signal: AbortSignal
  readonly #abort: () => void
  #trouble: Error | undefined

  private constructor(client: Redis, socket: Socket, signal: AbortSignal) {
    this.#client = client
    this.#socket = socket
    this.#signal = signal
    this.#abort = () => socket.destroy()
    let bytes = 0
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > BYTES_MAX) socket.destroy(new TooMuch())
    })
    socket.on('error', (error) => {
      this.#trouble ??= error
    })
    client.on('error', (error: Error) => {
      this.#trouble ??= error
    })
    signal.addEventListener('abort', this.#abort, { once: true })
    if (signal.aborted) this.#abort()
  }

  /** Speaks over the socket, which it owns from now on. */
  static async over(socket: Socket, signal: AbortSignal): Promise<Session> {
    // Loading the client takes longer than asking; who asks no Redis need not wait for it.
    const { AbstractConnector, Redis } = await import('ioredis')
    class HandedOver extends AbstractConnector {
      constructor() {
        super(0)
      }

      override connect(): Promise<Socket> {
        this.stream = socket
        return Promise.resolve(socket)
      }
    }
    const client = new Redis({
      Connector: HandedOver,
      disableClientInfo: true,
      enableReadyCheck: false,
      maxRetriesPerRequest: 0,
      protocol: 2,
      retryStrategy: null,
      stringNumbers: true,
    })
    return new Session(client, socket, signal)
  }

  /** The server's answer; rejects with its refusal, or with why the connection ended. */
  async call(command: string, ...words: readonly string[]): Promise<unknown> {
    try {
      return await this.#client.call(command, ...words)
    } catch (thrown) {
      if (isRefusal(thrown)) throw thrown
      throw this.#trouble ?? thrown
    }
  }

  /** Ends the session; nothing is left open. */
  close(): void {
    this.#signal.removeEventListener('abort', this.#abort)
    this.#client.disconnect()
    this.#socket.destroy()
  }
}

/** Whether the server answered, and with an error. */
export function isRefusal(thrown: unknown): thrown is Error {
  return thrown instanceof Error && thrown.name === 'ReplyError'
}

/** Ends a connection whose other side does not stop talking. */
class TooMuch extends Error {
  readonly code = 'TOO_LARGE'
}
