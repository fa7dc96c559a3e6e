/**
 * A session with one server, to ask by grpc.health.v1: HTTP/2 over a connection of its own, which is
 * gone as soon as the session is closed, whatever the other side does or does not do.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import type { Socket } from 'node:net'
import { printHostPort } from '../../core/port/ip-text.ts'
import type { FailedAddress } from '../connection/connection-failure.ts'
import { openConnection } from '../connection/open-connection.ts'
import { secureConnection } from '../connection/secure-connection.ts'
import { type CallEnd, FrameReader, printFrame, readEnd } from './grpc-frame.ts'
import type { GrpcInput } from './grpc-input.ts'
import { parseResponse, printRequest, type ServingStatus } from './health-messages.ts'

/** The two ways to ask. */
export type HealthMethod = 'Watch' | 'Check'

/** What hears of a call. */
export interface CallListener {
  status(status: ServingStatus): void
  /** Called once, unless the session is closed before. */
  ended(end: CallEnd): void
}

/** Who answered, or why nobody did. */
export interface Opened {
  readonly failed: readonly FailedAddress[]
  readonly connected?: { readonly address: string; readonly family: 'ipv4' | 'ipv6' }
  /** Of the connection or of TLS. */
  readonly failure?: string
  /** Owned by the caller. */
  readonly session?: HealthSession
}

const KEEP_ALIVE_MS = 10_000
const PATH = '/grpc.health.v1.Health/'

/** Connects; never rejects. Settles at once when the signal aborts. */
export async function openHealthSession(input: GrpcInput, signal: AbortSignal): Promise<Opened> {
  const connection = await openConnection(input, signal)
  const { failed } = connection
  if (!connection.opened) return { failed, failure: connection.code }
  const { address, family, socket } = connection
  const opened = { failed, connected: { address, family } }
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  const { tls, host } = input
  if (tls === undefined) return { ...opened, session: new HealthSession(input, socket) }
  const secured = await secureConnection({ socket, host, tls, protocols: ['h2'], signal })
  if ('failure' in secured) return { ...opened, failure: secured.failure }
  return { ...opened, session: new HealthSession(input, secured.socket) }
}

/** Asks one server about one service. */
export class HealthSession {
  readonly #input: GrpcInput
  readonly #socket: Socket
  readonly #session: ClientHttp2Session
  #failure: CallEnd | undefined

  constructor(input: GrpcInput, socket: Socket) {
    this.#input = input
    this.#socket = socket
    socket.on('error', () => socket.destroy())
    this.#session = connect(`http://${printHostPort(input.host, input.port)}`, {
      createConnection: () => socket,
      settings: { enablePush: false },
    })
    this.#session.on('error', (error) => {
      this.#failure ??= { code: codeOf(error), details: error.message }
    })
  }

  /** Asks. A call that cannot be made ends as well. */
  call(method: HealthMethod, listener: CallListener): void {
    const { service, metadata, tls } = this.#input
    const stream = this.#session.request({
      ...metadata,
      ':method': 'POST',
      ':scheme': tls === undefined ? 'http' : 'https',
      ':path': PATH + method,
      ':authority': printHostPort(this.#input.host, this.#input.port),
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'rampart',
    })
    this.#listen(stream, listener)
    stream.end(printFrame(printRequest(service)))
  }

  /** Ends every call, saying nothing more of them, and closes the connection. Idempotent. */
  close(): void {
    this.#session.destroy()
    this.#socket.destroy()
  }

  #listen(stream: ClientHttp2Stream, listener: CallListener): void {
    let end: CallEnd | undefined
    const fail = (code: string, details = ''): void => {
      end ??= { code, details }
      stream.close(constants.NGHTTP2_CANCEL)
    }
    const reader = new FrameReader((message) => {
      const status = parseResponse(message)
      if (status === undefined) fail('NO_HEALTH_MESSAGE')
      else listener.status(status)
    })
    stream.on('response', (headers) => {
      end ??= readEnd(headers)
      if (end !== undefined) return
      const status = headers[':status'] ?? 0
      if (status !== 200) return fail(`HTTP_${status}`)
      if (!/^application\/grpc\b/.test(headers['content-type'] ?? '')) fail('NOT_GRPC')
    })
    stream.on('data', (piece: Buffer) => {
      const wrong = end === undefined ? reader.push(piece) : undefined
      if (wrong !== undefined) fail(wrong)
    })
    stream.on('trailers', (trailers) => {
      end ??= readEnd(trailers)
    })
    stream.on('error', (error) => {
      end ??= this.#failure ?? { code: codeOf(error), details: error.message }
    })
    stream.on('close', () => listener.ended(end ?? this.#failure ?? NO_STATUS))
  }
}

const NO_STATUS: CallEnd = { code: 'NO_STATUS', details: '' }

function codeOf(error: Error): string {
  const code: unknown = 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'UNKNOWN'
}
