/**
 * A front that carries HTTP/1.1: each request goes to the backend that is best now, so that clients
 * who keep their connection are moved without noticing. A request is only ever sent once: after its
 * first byte has left, no other backend is tried.
 */
import {
  Agent,
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request as requestOf,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import { admit } from './admit.ts'
import type { PooledBackend } from './backend-pool.ts'
import { dial } from './dial.ts'
import { fieldsOfRequest, fieldsThatGoOn } from './http-fields.ts'
import { type FrontParts, joinCounted } from './tcp-front.ts'

/** Shorter than servers keep idle connections, so that they never close one that is just used. */
const BACKEND_IDLE_MS = 1_500

/** Longer than clients keep theirs, for the same reason on the other side. */
const CLIENT_IDLE_MS = 75_000

const agents = new WeakMap<PooledBackend, Agent>()

/** The server of a front; it does not listen yet. */
export function createHttpFront(parts: FrontParts): Server {
  return createCarrier({
    request: (request, response) => carryRequest(parts, request, response),
    upgrade: (request, socket, head) => carryUpgrade(parts, { request, socket, head }),
  })
}

/** What is done with each request, and with each that is to become a WebSocket. */
export interface HttpCarrier {
  request(request: IncomingMessage, response: ServerResponse): Promise<void>
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void>
}

/** A server with what every front has; it does not listen yet. */
export function createCarrier(carrier: HttpCarrier): Server {
  const carry = (request: IncomingMessage, response: ServerResponse): void => {
    // Whatever goes wrong beyond what is handled costs this one client its connection.
    carrier.request(request, response).catch(() => response.destroy())
  }
  const server = createServer({
    keepAliveTimeout: CLIENT_IDLE_MS,
    requestTimeout: 0,
    noDelay: true,
    // Other upgrades, such as h2c, would let a client speak to the backend past this front.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  })
  server.on('request', carry)
  server.on('checkContinue', carry)
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    carrier.upgrade(request, socket, head).catch(() => socket.destroy())
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
  const reached = await parts.pool.reach((backend) => open(backend, request), isGone)
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
    if (!response.writableFinished) outgoing.destroy()
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
  outgoing.on('continue', () => response.writeContinue())
  outgoing.on('information', ({ statusCode, headers }) => {
    if (statusCode === 103 && headers['link'] !== undefined)
      response.writeEarlyHints(headers as never)
  })
  outgoing.on('error', () => {
    if (response.headersSent) response.destroy()
    else answer(response, 502, 'the connection to the backend broke before it answered')
  })
  outgoing.on('response', (incoming) => {
    incoming.on('error', () => response.destroy())
    incoming.on('data', (piece: Buffer) => {
      backend.bytesOut += piece.length
    })
    if (!request.complete) response.shouldKeepAlive = false
    const fields = fieldsThatGoOn(incoming.rawHeaders, mayHaveTrailers(request, incoming))
    response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, fields)
    incoming.once('end', () => {
      if (response.chunkedEncoding && incoming.rawTrailers.length > 0)
        response.addTrailers(pairs(incoming.rawTrailers))
    })
    // Who waits for events is to know at once that the stream is open, not with its first event.
    if (isEventStream(incoming)) response.flushHeaders()
    incoming.pipe(response)
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
      outgoing.addTrailers(pairs(request.rawTrailers))
  })
  request.pipe(outgoing)
}

/** A request on an open connection, of which nothing has been sent. */
function open(backend: PooledBackend, request: IncomingMessage): Promise<ClientRequest> {
  const { address, port } = backend.backend
  const { method = 'GET', url: path = '/' } = request
  const fields = fieldsOfRequest(request.rawHeaders, request.socket.remoteAddress ?? '')
  const takesBody = method === 'POST' || method === 'PUT' || method === 'PATCH'
  if ('transfer-encoding' in request.headers) fields.push('Transfer-Encoding', 'chunked')
  else if (takesBody && !hasBody(request)) fields.push('Content-Length', '0')
  fields.push('Connection', 'keep-alive')
  const agent = agentOf(backend)
  const options = { host: address, port, method, path, headers: fields, agent, setHost: false }
  return new Promise((resolve, reject) => {
    const outgoing = requestOf(options as never)
    outgoing.once('error', reject)
    // A client that has gone meanwhile leaves it to break with nobody else to notice.
    outgoing.on('error', () => outgoing.destroy())
    outgoing.once('socket', (socket) => {
      const ready = (): void => {
        outgoing.removeListener('error', reject)
        resolve(outgoing)
      }
      if (socket.connecting) socket.once('connect', ready)
      else ready()
    })
  })
}

function agentOf(backend: PooledBackend): Agent {
  const known = agents.get(backend)
  if (known !== undefined) return known
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1_024, timeout: BACKEND_IDLE_MS })
  agents.set(backend, agent)
  backend.onIdle = () => closeIdle(backend)
  return agent
}

// It is this end that closes, while nothing is under way: the backend can lose nothing by it.
function closeIdle(backend: PooledBackend): void {
  for (const sockets of Object.values(agents.get(backend)?.freeSockets ?? {})) {
    for (const socket of sockets ?? []) socket.destroy()
  }
}

/** A request to become a WebSocket, with what came behind it. */
export interface UpgradeRequest {
  readonly request: IncomingMessage
  readonly socket: Socket
  readonly head: Buffer
}

/** Carries one WebSocket to a backend of the front. */
export async function carryUpgrade(
  parts: FrontParts,
  { request, socket: near, head }: UpgradeRequest,
): Promise<void> {
  const objection = await objectionTo(parts, request)
  const isGone = (): boolean => near.destroyed
  if (objection !== undefined) {
    near.end(
      `HTTP/1.1 ${objection.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    )
    return
  }
  const reached = await parts.pool.reach(({ backend }) => dial(backend), isGone)
  if (reached === undefined) {
    near.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    return
  }
  const { backend, value: far } = reached
  joinCounted(backend, near, far)
  const fields = fieldsOfRequest(request.rawHeaders, near.remoteAddress ?? '')
  fields.push('Connection', 'Upgrade', 'Upgrade', 'websocket')
  const lines = [`${request.method} ${request.url} HTTP/1.1`]
  for (let at = 0; at < fields.length; at += 2) lines.push(`${fields[at]}: ${fields[at + 1]}`)
  far.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  far.write(head)
}

async function objectionTo(
  { definition, mayConnect, onRefused }: FrontParts,
  request: IncomingMessage,
): Promise<{ readonly status: number; readonly sentence: string } | undefined> {
  const url = request.url ?? ''
  // A whole URL could name another host than `Host` does, and each end believe another one.
  if (!url.startsWith('/') && url !== '*') {
    return {
      status: 400,
      sentence: 'the request names a whole URL; this is not a proxy for others',
    }
  }
  if (mayConnect === undefined) return undefined
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const admission = await admit(mayConnect, definition.name, request.socket, token)
  if (admission.allowed) return undefined
  onRefused(admission.sentence)
  return { status: 403, sentence: admission.sentence }
}

function answer(response: ServerResponse, status: number, sentence: string): void {
  response.shouldKeepAlive = false
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${sentence}\n`)
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

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return 'transfer-encoding' in headers || (length !== undefined && length !== '0')
}

function pairs(raw: readonly string[]): [string, string][] {
  const all: [string, string][] = []
  for (let at = 0; at + 1 < raw.length; at += 2) all.push([raw[at] ?? '', raw[at + 1] ?? ''])
  return all
}
