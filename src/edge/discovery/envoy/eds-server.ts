/**
 * Tells Envoy, and whatever else speaks its protocol, over gRPC who serves what: the state of the
 * world, or what has changed. It listens on a loopback address unless told otherwise.
 */
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Socket } from 'node:net'
import type { Endpoints } from '../../../seams/endpoints.ts'
import { beginListening, endListening, portOf } from '../listening.ts'
import type { HomeNames } from '../service-name.ts'
import { ClusterAssignments } from './cluster-assignment.ts'
import { DeltaSubscription, type EdsSubscription, StateSubscription } from './eds-subscription.ts'
import { GRPC_STATUS, GrpcStream, refuseCall } from './grpc-stream.ts'

/** What it serves, and where. */
export interface EdsServerOptions {
  readonly endpoints: Endpoints
  readonly home?: HomeNames
  /** @default 127.0.0.1 */
  readonly address?: string
  /** @default 0: any that is free */
  readonly port?: number
  /** How many streams there may be at once. @default 1024 */
  readonly streamsMax?: number
}

const SERVICE = '/envoy.service.endpoint.v3.EndpointDiscoveryService'
const CONNECTIONS_MAX = 1_024
const KEEP_ALIVE_MS = 30_000

/** A server that listens until it is closed. */
export class EdsServer {
  readonly #options: EdsServerOptions
  readonly #assignments: ClusterAssignments
  readonly #server: Http2Server
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #tellers = new Set<() => void>()
  readonly #stop: () => void

  private constructor(options: EdsServerOptions) {
    this.#options = options
    this.#assignments = new ClusterAssignments(options.endpoints, options.home)
    this.#server = createServer()
    this.#server.maxConnections = CONNECTIONS_MAX
    this.#server.on('connection', (socket: Socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS))
    this.#server.on('session', (session) => {
      this.#sessions.add(session)
      session.once('close', () => this.#sessions.delete(session))
      // A connection that breaks costs its client the connection; it comes again.
      session.on('error', () => session.destroy())
    })
    this.#server.on('stream', (stream, headers) => this.#begin(stream, headers))
    this.#stop = options.endpoints.onChanged(() => {
      for (const tell of [...this.#tellers]) tell()
    })
  }

  /** Listens. @throws what the system says when it cannot */
  static async open(options: EdsServerOptions): Promise<EdsServer> {
    const server = new EdsServer(options)
    const { port = 0, address: host = '127.0.0.1' } = options
    try {
      await beginListening(server.#server, { port, host })
    } catch (thrown) {
      server.#stop()
      throw thrown
    }
    return server
  }

  get port(): number {
    return portOf(this.#server)
  }

  /** How many streams there are. */
  get streams(): number {
    return this.#tellers.size
  }

  /** Cuts off everybody. Idempotent. */
  async close(): Promise<void> {
    this.#stop()
    await endListening(this.#server, () => {
      for (const session of this.#sessions) session.destroy()
    })
  }

  #begin(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    stream.on('error', () => stream.close())
    const subscription = this.#subscriptionOf(headers)
    if (subscription === undefined) {
      refuseCall(stream, GRPC_STATUS.unimplemented, `there is only ${SERVICE}`)
      return
    }
    if (this.#tellers.size >= (this.#options.streamsMax ?? 1_024)) {
      refuseCall(stream, GRPC_STATUS.unavailable, 'too many streams; come again')
      return
    }
    this.#serve(stream, subscription)
  }

  #serve(stream: ServerHttp2Stream, subscription: EdsSubscription): void {
    const call = new GrpcStream(stream, {
      message: (bytes) => {
        const objection = receive(subscription, bytes)
        if (objection === undefined) tell()
        return objection
      },
      ended: () => void this.#tellers.delete(tell),
    })
    const tell = (): void => {
      const response = subscription.next()
      if (response !== undefined) call.send(response)
    }
    this.#tellers.add(tell)
  }

  #subscriptionOf(headers: IncomingHttpHeaders): EdsSubscription | undefined {
    if (headers[':method'] !== 'POST') return undefined
    if (headers['content-type']?.startsWith('application/grpc') !== true) return undefined
    if (headers[':path'] === `${SERVICE}/StreamEndpoints`)
      return new StateSubscription(this.#assignments)
    if (headers[':path'] === `${SERVICE}/DeltaEndpoints`)
      return new DeltaSubscription(this.#assignments)
    return undefined
  }
}

function receive(subscription: EdsSubscription, bytes: Buffer): string | undefined {
  try {
    return subscription.receive(bytes)
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    return `these bytes are no request: ${why}`
  }
}
