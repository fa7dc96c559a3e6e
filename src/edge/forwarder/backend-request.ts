/**
 * Requests to backends, on connections that are kept: nothing of a request is sent before one is there,
 * so that another backend can still be asked.
 */
import { Agent, type ClientRequest, type IncomingMessage, request as requestOf } from 'node:http'
import type { Socket } from 'node:net'
import type { PooledBackend } from './backend-pool.ts'
import { CONNECT_MS, DialTimeout } from './dial.ts'
import { fieldsOfRequest, hasBody } from './http-fields.ts'

/** Shorter than servers keep idle connections, so that they never close one that is just used. */
const BACKEND_IDLE_MS = 1_500

const agents = new WeakMap<PooledBackend, Agent>()

/** A request on an open connection, of which nothing has been sent. @param certificate the client's */
export function openRequest(
  backend: PooledBackend,
  request: IncomingMessage,
  certificate?: string,
): Promise<ClientRequest> {
  const { address, port } = backend.backend
  const { method = 'GET', url: path = '/' } = request
  const fields = fieldsOfRequest(request, certificate)
  const takesBody = method === 'POST' || method === 'PUT' || method === 'PATCH'
  if ('transfer-encoding' in request.headers) fields.push('Transfer-Encoding', 'chunked')
  else if (takesBody && !hasBody(request)) fields.push('Content-Length', '0')
  fields.push('Connection', 'keep-alive')
  const agent = agentOf(backend)
  const options = { host: address, port, method, path, headers: fields, agent, setHost: false }
  return new Promise((resolve, reject) => {
    const outgoing = requestOf(options as never)
    // Else Node leaves out, without a word, what comes after so many fields; bytes are bounded.
    outgoing.maxHeadersCount = 0
    outgoing.once('error', reject)
    // A client that has gone meanwhile leaves it to break with nobody else to notice.
    outgoing.on('error', () => outgoing.destroy())
    outgoing.once('socket', (socket) => {
      whenConnected(outgoing, socket, () => {
        outgoing.removeListener('error', reject)
        resolve(outgoing)
      })
    })
  })
}

function whenConnected(outgoing: ClientRequest, socket: Socket, ready: () => void): void {
  if (!socket.connecting) {
    ready()
    return
  }
  const late = setTimeout(() => outgoing.destroy(new DialTimeout()), CONNECT_MS)
  outgoing.once('close', () => clearTimeout(late))
  socket.once('connect', () => {
    clearTimeout(late)
    ready()
  })
}

/** Closes what is kept for a backend and not in use. */
export function closeIdle(backend: PooledBackend): void {
  // It is this end that closes, while nothing is under way: the backend can lose nothing by it.
  for (const sockets of Object.values(agents.get(backend)?.freeSockets ?? {})) {
    for (const socket of sockets ?? []) socket.destroy()
  }
}

function agentOf(backend: PooledBackend): Agent {
  const known = agents.get(backend)
  if (known !== undefined) return known
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1_024, timeout: BACKEND_IDLE_MS })
  agents.set(backend, agent)
  backend.onIdle = () => closeIdle(backend)
  return agent
}
