/** A front that looks into nothing: each connection goes to one backend and stays there. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { admit } from './admit.ts'
import type { BackendPool, PooledBackend } from './backend-pool.ts'
import { dial } from './dial.ts'
import type { FrontDefinition, MayConnect } from './front.ts'
import { breakOff, joinSockets } from './join-sockets.ts'

/** What both kinds of fronts have. */
export interface FrontParts {
  readonly definition: FrontDefinition
  readonly pool: BackendPool
  readonly mayConnect: MayConnect | undefined
  /** Is told of each client that may not come in. */
  readonly onRefused: (sentence: string) => void
  /** Answers who asked by HTTP and for whom nobody was reached. @default 503 with a sentence */
  readonly whenUnserved?: (request: IncomingMessage, response: ServerResponse) => void
}

/** Carries one connection to a backend and back. */
export async function carryConnection(parts: FrontParts, near: Socket): Promise<void> {
  const { definition, pool, mayConnect, onRefused } = parts
  let isGone = false
  near.once('close', () => {
    isGone = true
  })
  // Until there is a partner to break, a broken client is simply gone.
  near.on('error', () => near.destroy())
  if (mayConnect !== undefined) {
    const admission = await admit(mayConnect, definition.name, near)
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
