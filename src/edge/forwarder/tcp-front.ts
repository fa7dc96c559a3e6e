/** A front that looks into nothing: each connection goes to one backend and stays there. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { admit } from './admit.ts'
import type { BackendPool, PooledBackend } from './backend-pool.ts'
import type { ClientCertificates } from './client-certificate.ts'
import { dial } from './dial.ts'
import type { FrontDefinition, MayConnect } from './front.ts'
import { breakOff, joinSockets } from './join-sockets.ts'

/** What both kinds of fronts have. */
export interface FrontParts {
  readonly definition: FrontDefinition
  readonly pool: BackendPool
  readonly mayConnect: MayConnect | undefined
  /** What clients show of themselves; absent: they are not asked. */
  readonly certificates?: ClientCertificates
  /** Is told of each client that may not come in. */
  readonly onRefused: (sentence: string) => void
  /** Is told of what should never go wrong; it has cost one client its connection. */
  readonly onBroken?: (error: unknown) => void
  /** Answers who asked by HTTP and for whom nobody was reached. @default 503 with a sentence */
  readonly whenUnserved?: (request: IncomingMessage, response: ServerResponse) => void
}

/** The server of a front; it does not listen yet. @param tls with which it ends its clients' TLS */
export function createTcpFront(parts: FrontParts, tls?: TlsOptions): Server {
  const carry = (socket: Socket): void => {
    carryConnection(parts, socket).catch((error: unknown) => {
      socket.destroy()
      parts.onBroken?.(error)
    })
  }
  const options = { allowHalfOpen: true, noDelay: true }
  return tls === undefined
    ? createServer(options, carry)
    : createTlsServer({ ...options, ...tls }, carry)
}

/** Carries one connection to a backend and back. */
async function carryConnection(parts: FrontParts, near: Socket): Promise<void> {
  const { pool, mayConnect, onRefused } = parts
  let isGone = false
  near.once('close', () => {
    isGone = true
  })
  // Until there is a partner to break, a broken client is simply gone.
  near.on('error', () => near.destroy())
  if (mayConnect !== undefined) {
    const admission = await admit(mayConnect, parts, { socket: near })
    if (!admission.allowed) {
      onRefused(admission.sentence)
      breakOff(near)
      return
    }
  }
  const reached = await pool.reach(
    ({ backend }) => dial(backend),
    () => isGone,
  )
  if (reached === undefined) {
    breakOff(near)
    return
  }
  const { backend, value: far } = reached
  if (isGone) {
    backend.inFlight -= 1
    far.destroy()
    return
  }
  countUntilClosed(backend, near, far)
  joinSockets(near, far)
}

/** Counts a client's connection and a backend's as in flight until both are closed. */
export function countUntilClosed(backend: PooledBackend, near: Socket, far: Socket): void {
  const end = backend.begin(() => {
    breakOff(near)
    breakOff(far)
  })
  let open = 2
  const closed = (): void => {
    open -= 1
    if (open > 0) return
    backend.inFlight -= 1
    backend.bytesIn += far.bytesWritten
    backend.bytesOut += far.bytesRead
    end()
  }
  near.once('close', closed)
  far.once('close', closed)
}
