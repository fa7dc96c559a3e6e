/**
 * What a server has under way: its connections, the responses on each, HTTP/2 sessions and upgraded
 * connections. A server does not tell afterwards, so watching begins before it listens. It must
 * never change how the server answers.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Server, Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'

/** One connection of HTTP/1.1, or of no protocol that is known. */
export interface WatchedConnection {
  /** Answers that have not been sent whole. */
  readonly responses: Set<ServerResponse>
  /** What it was upgraded to, in lower case, for example `websocket`. */
  upgradedTo: string | undefined
}

/** Everything that a server has under way. */
export interface WatchedConnections {
  readonly sockets: ReadonlyMap<Socket, WatchedConnection>
  readonly sessions: ReadonlySet<ServerHttp2Session>
  readonly streams: ReadonlySet<ServerHttp2Stream>
  /** Is called for every request of HTTP/1.1, before the server's own listeners. */
  onRequest: ((response: ServerResponse) => void) | undefined
  /** Is called for every connection and HTTP/2 session that begins. */
  onBegun: (() => void) | undefined
}

interface Watching extends WatchedConnections {
  readonly sockets: Map<Socket, WatchedConnection>
  readonly sessions: Set<ServerHttp2Session>
  readonly streams: Set<ServerHttp2Stream>
}

const watchings = new WeakMap<Server, Watching>()

/** Watches a server from now on; the same server again gives the same answer. */
export function watchConnections(server: Server): WatchedConnections {
  const known = watchings.get(server)
  if (known !== undefined) return known
  const watching: Watching = {
    sockets: new Map(),
    sessions: new Set(),
    streams: new Set(),
    onRequest: undefined,
    onBegun: undefined,
  }
  watchings.set(server, watching)
  // Of a TLS server, what requests come on is the socket inside, not the one that was accepted.
  server.prependListener(
    server instanceof TlsServer ? 'secureConnection' : 'connection',
    (socket: Socket) => {
      connectionOf(watching, socket)
      watching.onBegun?.()
    },
  )
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.httpVersionMajor < 2) watchResponse(watching, request, response)
  })
  watchHttp2(server, watching)
  watchUpgrades(server, watching)
  return watching
}

function connectionOf(watching: Watching, socket: Socket): WatchedConnection {
  const known = watching.sockets.get(socket)
  if (known !== undefined) return known
  const connection: WatchedConnection = { responses: new Set(), upgradedTo: undefined }
  watching.sockets.set(socket, connection)
  socket.once('close', () => watching.sockets.delete(socket))
  return connection
}

function watchResponse(watching: Watching, { socket }: IncomingMessage, response: ServerResponse) {
  const { responses } = connectionOf(watching, socket)
  responses.add(response)
  response.once('close', () => responses.delete(response))
  watching.onRequest?.(response)
}

function watchHttp2(server: Server, watching: Watching): void {
  server.prependListener('session', (session: ServerHttp2Session) => {
    watching.sessions.add(session)
    session.once('close', () => watching.sessions.delete(session))
    watching.onBegun?.()
  })
  server.prependListener('stream', (stream: ServerHttp2Stream) => {
    // A socket of HTTP/2 is its session's; it must not be closed behind its back.
    const socket = stream.session?.socket
    if (socket !== undefined) watching.sockets.delete(socket as Socket)
    watching.streams.add(stream)
    stream.once('close', () => watching.streams.delete(stream))
  })
}

// A server that nobody asked to upgrade answers such requests as any other: one listener of ours
// would change that. So ours comes with the first of somebody else.
function watchUpgrades(server: Server, watching: Watching): void {
  const onUpgrade = (request: IncomingMessage): void => {
    const { upgrade } = request.headers
    connectionOf(watching, request.socket).upgradedTo = upgrade?.toLowerCase() ?? 'unknown'
    watching.onBegun?.()
  }
  if (server.listenerCount('upgrade') > 0) {
    server.prependListener('upgrade', onUpgrade)
    return
  }
  const onListener = (event: string | symbol): void => {
    if (event !== 'upgrade') return
    server.removeListener('newListener', onListener)
    server.prependListener('upgrade', onUpgrade)
  }
  server.on('newListener', onListener)
}
