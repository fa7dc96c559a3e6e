/**
 * One HTTP request and its answer, over a connection of its own: that proves that the server accepts
 * now, cannot be spoiled by a stale socket, and leaves nothing open afterwards. Reads at most the
 * body's limit, and ends when the signal aborts, however slowly the body drips.
 */
import type { Socket } from 'node:net'
import { Client, type Dispatcher } from 'undici'
import type { FailedAddress } from '../connection/connection-failure.ts'
import { type AddressFamily, openConnection } from '../connection/open-connection.ts'
import { secureConnection } from '../connection/secure-connection.ts'
import type { TlsInput } from '../connection/tls-input.ts'

/** What one exchange saw, as far as it got. */
export interface Exchange {
  readonly failed: readonly FailedAddress[]
  readonly connected?: { readonly address: string; readonly family: AddressFamily }
  readonly status?: number
  readonly headers: Readonly<Record<string, string>>
  /** As far as it was read. */
  readonly body: string
  readonly bytes: number
  /** Why it did not get to its end; `TOO_LARGE` when the body was over its limit. */
  readonly failure?: string
}

/** How the other side is judged, and how much of its answer is read. */
export interface ExchangeTerms {
  readonly tls: TlsInput
  /** @unit bytes */
  readonly bodyBytesMax: number
}

/** What is sent. */
export interface Request {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

const NOTHING = { headers: {}, body: '', bytes: 0 }

/** Sends one request and reads its answer; never rejects. */
export async function exchange(
  request: Request,
  terms: ExchangeTerms,
  signal: AbortSignal,
): Promise<Exchange> {
  const { url } = request
  const isSecure = url.protocol === 'https:'
  const connection = await openConnection({ host: url.hostname, port: portOf(url) }, signal)
  const { failed } = connection
  if (!connection.opened) return { ...NOTHING, failed, failure: connection.code }
  const seen = {
    failed,
    connected: { address: connection.address, family: connection.family },
  }
  if (!isSecure) return { ...seen, ...(await ask(connection.socket, request, terms, signal)) }
  const secured = await secureConnection({
    socket: connection.socket,
    host: url.hostname,
    tls: terms.tls,
    protocols: ['http/1.1'],
    signal,
  })
  if ('failure' in secured) return { ...NOTHING, ...seen, failure: secured.failure }
  return { ...seen, ...(await ask(secured.socket, request, terms, signal)) }
}

/** The port that a URL means. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

type Answered = Omit<Exchange, 'failed' | 'connected'>

async function ask(
  socket: Socket,
  request: Request,
  terms: ExchangeTerms,
  signal: AbortSignal,
): Promise<Answered> {
  socket.on('error', () => socket.destroy())
  let isHandedOver = false
  const client = new Client(request.url.origin, {
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_options, callback) => {
      // Never a second connection: a cut-off one is an answer.
      const isSecond = isHandedOver
      isHandedOver = true
      // Not within this call: the client would not notice before its next event.
      queueMicrotask(() => (isSecond ? callback(new CutOff(), null) : callback(null, socket)))
    },
  })
  // The client itself heeds the signal only once a request has been written.
  const abort = (): unknown => socket.destroy()
  signal.addEventListener('abort', abort, { once: true })
  try {
    const answer = await client.request({
      path: `${request.url.pathname}${request.url.search}`,
      method: request.method as Dispatcher.HttpMethod,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      reset: true,
      signal,
    })
    const head = { status: answer.statusCode, headers: flatten(answer.headers) }
    return { ...head, ...(await readBody(answer, terms.bodyBytesMax, signal)) }
  } catch (thrown) {
    return { ...NOTHING, failure: failureOf(thrown, signal) }
  } finally {
    signal.removeEventListener('abort', abort)
    await client.destroy()
    socket.destroy()
  }
}

/** Stands in for the connection that is not opened a second time. */
class CutOff extends Error {
  readonly code = 'ECONNRESET'
}

async function readBody(
  answer: Dispatcher.ResponseData,
  bytesMax: number,
  signal: AbortSignal,
): Promise<Pick<Exchange, 'body' | 'bytes' | 'failure'>> {
  const chunks: Buffer[] = []
  let bytes = 0
  let failure: string | undefined
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > bytesMax) {
        failure = 'TOO_LARGE'
        break
      }
      chunks.push(chunk)
    }
  } catch (thrown) {
    failure = failureOf(thrown, signal)
  }
  const body = Buffer.concat(chunks).toString('utf8')
  return { body, bytes, ...(failure === undefined ? {} : { failure }) }
}

function flatten(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ])
  return Object.fromEntries(entries)
}

function failureOf(thrown: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'ABORTED'
  if (!(thrown instanceof Error)) return 'UNKNOWN'
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code
  return thrown.name
}
