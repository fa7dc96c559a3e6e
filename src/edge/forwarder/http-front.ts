/**
 * A front that carries HTTP/1.1: each request goes to the backend that is best now, so that clients
 * who keep their connection are moved without noticing. A request is only ever sent once: after its
 * first byte has left, no other backend is tried.
 */
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import type { PooledBackend } from './backend-pool.ts'
import { closeIdle, openRequest } from './backend-request.ts'
import { carryUpgrade } from './carry-upgrade.ts'
import { fieldsThatGoOn, hasBody, linksOf, reasonOf, trailersThatGoOn } from './http-fields.ts'
import { objectionTo } from './objection.ts'
import { inTurn, isBusy } from './request-turns.ts'
import type { FrontParts } from './tcp-front.ts'

/** Longer than clients keep their idle connections, so that none is closed that is just used. */
const CLIENT_IDLE_MS = 75_000

/** How long the head of a request may take, whatever its client calls a connection. @unit ms */
const HEAD_MS = 10_000

/** The server of a front; it does not listen yet. @param tls with which it ends its clients' TLS */
export function createHttpFront(parts: FrontParts, tls?: TlsOptions): Server {
  const carrier: HttpCarrier = {
    request: (request, response) => carryRequest(parts, request, response),
    upgrade: (request, socket, head) => carryUpgrade(parts, { request, socket, head }),
    onBroken: (error) => parts.onBroken?.(error),
  }
  return createCarrier(carrier, tls)
}

/** What is done with each request, and with each that is to become a WebSocket. */
export interface HttpCarrier {
  request(request: IncomingMessage, response: ServerResponse): Promise<void>
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void>
  /** Is told of what should never go wrong; it has cost one client its connection. */
  onBroken(error: unknown): void
}

/** A server with what every front has; it does not listen yet. */
export function createCarrier(carrier: HttpCarrier, tls?: TlsOptions): Server {
  const carry = (request: IncomingMessage, response: ServerResponse): void => {
    inTurn(request.socket, response, () => {
      carrier.request(request, response).catch((error: unknown) => {
        response.destroy()
        carrier.onBroken(error)
      })
    })
  }
  const options: ServerOptions = {
    keepAliveTimeout: CLIENT_IDLE_MS,
    // A body may take as long as it takes. Without a number Node would wait as long for a head.
    requestTimeout: 0,
    headersTimeout: HEAD_MS,
    noDelay: true,
    // Other upgrades, such as h2c, would let a client speak to the backend past this front.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  }
  const server: Server =
    tls === undefined ? createServer(options) : createTlsServer({ ...options, ...tls })
  // Else what stands behind the first thousand fields (how long a body is) would, in some releases of
  // Node, be known to one end alone. Their bytes are bounded.
  server.maxHeadersCount = 0
  server.on('request', carry)
  server.on('checkContinue', carry)
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    // Answers that are still due would come in the middle of what is no HTTP any more.
    if (isBusy(socket)) {
      socket.destroy()
      return
    }
    carrier.upgrade(request, socket, head).catch((error: unknown) => {
      socket.destroy()
      carrier.onBroken(error)
    })
  })
  return server
}

/** Carries one request to a backend of the front, and its answer back. */
export async function carryRequest(
  parts: FrontParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.sendDate = false
  const objection = await objectionTo(parts, request)
  if (objection !== undefined) {
    answer(response, objection.status, objection.sentence)
    return
  }
  const isGone = (): boolean => response.destroyed
  const certificate = parts.certificates?.of(request.socket)?.field
  const ask = (backend: PooledBackend) => openRequest(backend, request, certificate)
  const reached = await parts.pool.reach(ask, isGone)
  if (reached === undefined) {
    if (isGone()) return
    if (parts.whenUnserved !== undefined) parts.whenUnserved(request, response)
    else answer(response, 503, 'nobody who serves this could be reached in time')
    return
  }
  const { backend, value: outgoing } = reached
  const end = backend.begin(() => {
    outgoing.destroy()
    response.destroy()
  })
  const settle = (): void => {
    backend.inFlight -= 1
    end()
    if (backend.state === 'draining') setImmediate(() => closeIdle(backend))
    // One that was answered before it was sent whole would be waited for for ever.
    if (!response.writableFinished || !outgoing.writableFinished) outgoing.destroy()
  }
  if (isGone()) {
    settle()
    return
  }
  response.once('close', settle)
  exchange(backend, { request, response, outgoing })
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly outgoing: ClientRequest
}

function exchange(backend: PooledBackend, { request, response, outgoing }: Exchange): void {
  const fail = (sentence: string): void => {
    outgoing.destroy()
    if (response.headersSent) response.destroy()
    else answer(response, 502, sentence)
  }
  outgoing.on('error', () => fail('the connection to the backend broke before it answered'))
  outgoing.on('upgrade', () => fail('the backend answered with a protocol nobody asked for'))
  tellMeanwhile({ request, response, outgoing })
  outgoing.on('response', (incoming) => {
    incoming.on('error', () => response.destroy())
    if ((incoming.statusCode ?? 0) < 200 || isCoded(incoming)) {
      fail('the answer of the backend is none that can be told on')
      return
    }
    passAnswer(backend, incoming, { request, response })
  })
  if (!hasBody(request)) {
    outgoing.end()
    return
  }
  outgoing.flushHeaders()
  request.on('data', (piece: Buffer) => {
    backend.bytesIn += piece.length
  })
  request.once('end', () => {
    if (outgoing.chunkedEncoding && request.rawTrailers.length > 0)
      outgoing.addTrailers(trailersThatGoOn(request.rawTrailers))
  })
  request.pipe(outgoing)
}

/** What a backend says before its answer; clients of HTTP/1.0 would take it for the answer. */
function tellMeanwhile({ request, response, outgoing }: Exchange): void {
  if (request.httpVersion !== '1.1') return
  outgoing.once('continue', () => response.writeContinue())
  outgoing.on('information', ({ statusCode, rawHeaders }) => {
    const link = linksOf(rawHeaders)
    // Hints are worth nothing to a client that does not even read them.
    if (statusCode !== 103 || link.length === 0 || response.socket?.writableNeedDrain) return
    response.writeEarlyHints({ link })
  })
}

function passAnswer(
  backend: PooledBackend,
  incoming: IncomingMessage,
  { request, response }: Omit<Exchange, 'outgoing'>,
): void {
  incoming.on('data', (piece: Buffer) => {
    backend.bytesOut += piece.length
  })
  if (!request.complete) response.shouldKeepAlive = false
  const fields = fieldsThatGoOn(incoming.rawHeaders, mayHaveTrailers(request, incoming))
  response.writeHead(incoming.statusCode ?? 502, reasonOf(incoming), fields)
  incoming.once('end', () => {
    if (response.chunkedEncoding && incoming.rawTrailers.length > 0)
      response.addTrailers(trailersThatGoOn(incoming.rawTrailers))
  })
  // Who waits for events is to know at once that the stream is open, not with its first event.
  if (isEventStream(incoming)) response.flushHeaders()
  incoming.pipe(response)
}

function answer(response: ServerResponse, status: number, sentence: string): void {
  response.shouldKeepAlive = false
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${sentence}\n`)
}

/** Whether its body is more than cut into pieces, of which only the pieces are undone here. */
function isCoded({ headers }: IncomingMessage): boolean {
  const coding = headers['transfer-encoding']
  return coding !== undefined && coding.toLowerCase() !== 'chunked'
}

function isEventStream({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith('text/event-stream') === true
}

/** Only a chunked body can be followed by fields. */
function mayHaveTrailers(request: IncomingMessage, incoming: IncomingMessage): boolean {
  const isChunked = 'transfer-encoding' in incoming.headers && request.httpVersion === '1.1'
  const hasNoBody = request.method === 'HEAD' || [204, 304].includes(incoming.statusCode ?? 0)
  return isChunked && !hasNoBody
}
