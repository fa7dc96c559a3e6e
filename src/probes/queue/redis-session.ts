/**
 * One session with the Redis that holds a job queue, over a connection that is open already. The
 * client reconnects to nothing and signs in with nothing by itself. When the signal aborts, there
 * is a moment left to take the canary back; then the connection is destroyed.
 */
import type { Socket } from 'node:net'
import type { Redis } from 'ioredis'
import { limitBytes } from './limit-bytes.ts'

/** How long after the abort. @unit ms */
const GRACE_MS = 200

/** Who signs in. */
export interface RedisSessionOptions {
  readonly url: URL
  readonly signal: AbortSignal
}

/** A session that has been opened. */
export class RedisSession {
  /** For libraries that bring their own commands; closed by the session. */
  readonly client: Redis
  readonly #socket: Socket
  readonly #options: RedisSessionOptions
  readonly #abort: () => void
  #isSignedIn = false
  #grace: NodeJS.Timeout | undefined
  #trouble: Error | undefined

  private constructor(client: Redis, socket: Socket, options: RedisSessionOptions) {
    this.client = client
    this.#socket = socket
    this.#options = options
    limitBytes(socket)
    for (const source of [socket, client]) {
      source.on('error', (error: Error) => {
        this.#trouble ??= error
      })
    }
    this.#abort = () => {
      // Nothing is to be taken back before anything was done.
      this.#grace = setTimeout(() => socket.destroy(), this.#isSignedIn ? GRACE_MS : 0)
    }
    options.signal.addEventListener('abort', this.#abort, { once: true })
    if (options.signal.aborted) this.#abort()
  }

  /** Speaks over the socket, which it owns from now on. */
  static async over(socket: Socket, options: RedisSessionOptions): Promise<RedisSession> {
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
    })
    return new RedisSession(client, socket, options)
  }

  /** Signs in and chooses the database; rejects with the server's refusal. */
  async signIn(): Promise<void> {
    const { username, password, pathname } = this.#options.url
    const words = [username, password].filter((word) => word !== '').map(decodeURIComponent)
    if (words.length > 0) await this.client.call('AUTH', ...words)
    const database = pathname.replace('/', '')
    if (database !== '' && database !== '0') await this.client.call('SELECT', database)
    await this.client.call('PING')
    this.#isSignedIn = true
  }

  /** Why the connection ended, where it did by itself; the library's word is less telling. */
  get trouble(): Error | undefined {
    return this.#trouble
  }

  /** Ends the session; nothing is left open. */
  close(): void {
    clearTimeout(this.#grace)
    this.#options.signal.removeEventListener('abort', this.#abort)
    this.client.disconnect()
    this.#socket.destroy()
  }
}
