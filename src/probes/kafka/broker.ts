/**
 * A connection to one broker, greeted and signed in, that speaks the highest version of each request
 * that both sides know. It ends when the signal aborts, repeats nothing, and reads up to a limit.
 */
import { isIP, type Socket } from 'node:net'
import type { API, Connection, ConnectionOptions } from '@platformatic/kafka'
import { type Destination, openConnection } from '../connection/open-connection.ts'
import { readAuthorities } from '../connection/read-authorities.ts'
import type { TlsInput } from '../connection/tls-input.ts'
import type { KafkaInput } from './kafka-input.ts'
import { codeOf, KafkaTrouble } from './trouble.ts'

/** The most that a broker may say in one attempt. */
const BYTES_MAX = 16 * 1_048_576

/** The longest response that Kafka has, in bytes; what says more is something else. */
const FRAME_BYTES_MAX = 100 * 1_048_576

/** Longer than any attempt, which its signal ends. @unit ms */
const NEVER_MS = 3_600_000

type Library = typeof import('@platformatic/kafka')

/** A broker that can be asked. */
export class Broker {
  readonly shown: string
  readonly #connection: Connection
  readonly #watch: Watch
  readonly #versions: Greeted['versions']

  private constructor({ shown, connection, watch, versions }: Greeted) {
    this.shown = shown
    this.#connection = connection
    this.#watch = watch
    this.#versions = versions
  }

  /** Connects, signs in and asks for versions. @throws KafkaTrouble */
  static async open(
    destination: Destination,
    input: Pick<KafkaInput, 'tls' | 'sasl'>,
    signal: AbortSignal,
  ): Promise<Broker> {
    const broker = `${destination.host}:${destination.port}`
    // Loading the client takes longer than asking; who asks no Kafka need not wait for it.
    const library = await import('@platformatic/kafka')
    const opened = await openConnection(destination, signal)
    if (!opened.opened) {
      const { code, failed } = opened
      throw new KafkaTrouble({ code, failed, broker, doing: 'connect' })
    }
    const options = await optionsFor(input, destination, opened.socket, broker)
    const { connection, watch } = makeConnection(library, options, signal)
    try {
      if (signal.aborted) throw new KafkaTrouble({ code: 'ABORTED', broker, doing: 'connect' })
      // The client opens its own connection unless it speaks TLS; this one showed the way.
      if (input.tls === undefined) opened.socket.destroy()
      await connection.connect(opened.address, destination.port)
      const { apiKeys } = await library.apiVersionsV3.api.async(connection, 'rampart', '1')
      const versions = apiKeys.map(
        ({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]] as const,
      )
      return new Broker({ shown: broker, connection, watch, versions: new Map(versions) })
    } catch (thrown) {
      opened.socket.destroy()
      const code = watch.trouble ?? codeOf(thrown)
      throw new KafkaTrouble({ code, broker, doing: 'connect' })
    }
  }

  /** Whether it knows a kind of request. */
  knows(apis: readonly { readonly key: number; readonly version: number }[]): boolean {
    return apis.some((api) => this.#isKnown(api))
  }

  /**
   * Asks in the first of these versions that the broker knows. A response with an error in it is given
   * to `mend`, if there is one.
   *
   * @throws KafkaTrouble
   */
  async ask<Words extends unknown[], Response>(
    asked: {
      readonly doing: string
      readonly apis: readonly API<Words, Response>[]
      readonly mend?: (thrown: unknown) => Response
    },
    ...words: Words
  ): Promise<Response> {
    const { doing, apis, mend } = asked
    const api = apis.find((one) => this.#isKnown(one))
    const broker = this.shown
    if (api === undefined) throw new KafkaTrouble({ code: 'UNSUPPORTED_VERSION', doing, broker })
    try {
      return await api.async(this.#connection, ...words).catch((thrown: unknown) => {
        if (mend === undefined) throw thrown
        return mend(thrown)
      })
    } catch (thrown) {
      throw new KafkaTrouble({ code: this.#watch.trouble ?? codeOf(thrown), doing, broker })
    }
  }

  #isKnown({ key, version }: { readonly key: number; readonly version: number }): boolean {
    const [least, most] = this.#versions.get(key) ?? [1, 0]
    return version >= least && version <= most
  }
}

interface Greeted {
  readonly shown: string
  readonly connection: Connection
  readonly watch: Watch
  readonly versions: ReadonlyMap<number, readonly [least: number, most: number]>
}

async function optionsFor(
  { tls, sasl }: Pick<KafkaInput, 'tls' | 'sasl'>,
  { host }: Destination,
  socket: Socket,
  broker: string,
): Promise<ConnectionOptions> {
  const waiting = { connectTimeout: NEVER_MS, requestTimeout: NEVER_MS }
  const signIn =
    sasl === undefined
      ? {}
      : { sasl: { mechanism: sasl.mechanism, username: sasl.user, password: sasl.password } }
  if (tls === undefined) return { ...waiting, ...signIn }
  return { ...waiting, ...signIn, tls: await tlsOptions(tls, host, socket, broker) }
}

async function tlsOptions(
  tls: TlsInput,
  host: string,
  socket: Socket,
  broker: string,
): Promise<NonNullable<ConnectionOptions['tls']>> {
  const ca = await readAuthorities(tls.ca)
  if (ca === 'unreadable') {
    socket.destroy()
    throw new KafkaTrouble({ code: 'CA_UNREADABLE', doing: 'connect', broker })
  }
  const name = tls.servername ?? host
  return {
    socket,
    rejectUnauthorized: !tls.insecure,
    // An address may not be sent as a server name (RFC 6066), but the certificate must carry it.
    ...(isIP(name) === 0 ? { servername: name } : { host: name }),
    ...(ca === undefined ? {} : { ca }),
  }
}

interface Watch {
  /** Why the connection was ended here. */
  trouble?: string
}

function makeConnection(
  { Connection }: Library,
  options: ConnectionOptions,
  signal: AbortSignal,
): { readonly connection: Connection; readonly watch: Watch } {
  const connection = new Connection('rampart', options)
  const watch: Watch = {}
  connection.on('error', () => 'Whoever asks hears of it too.')
  const end = (code: string): void => {
    watch.trouble ??= code
    // With an error, or who waits for the connection would never hear of it.
    connection.socket?.destroy(new KafkaTrouble({ code, doing: 'connect', broker: '' }))
  }
  connection.on('connecting', () => {
    // The socket is there once this event is over.
    queueMicrotask(() => watchSocket(connection.socket, end))
  })
  const abort = (): void => end('ABORTED')
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  return { connection, watch }
}

function watchSocket(socket: Socket, end: (code: string) => void): void {
  let bytes = 0
  socket.once('data', (chunk: Buffer) => {
    if (chunk.length >= 4 && chunk.readUInt32BE() > FRAME_BYTES_MAX) end('NOT_KAFKA')
  })
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > BYTES_MAX) end('TOO_LARGE')
  })
}
