/** The seam to discovery: who serves what, now. */
import type { PortProtocol } from '../core/port/port-claim.ts'

/** One ready owner of a port. */
export interface Endpoint {
  /** For example `shop/api`. */
  readonly service: string
  /** The service that this is only a further name of, by a contract; absent: it is its own name. */
  readonly aliasOf?: string
  /** Which of its ports: `http`. */
  readonly port: string
  readonly instance?: string
  readonly environment?: string
  readonly tenant?: string
  readonly scope?: string
  readonly protocol: PortProtocol
  /** A literal address by which it is reached. */
  readonly address: string
  readonly number: number
  /** Whoever connects there has to speak TLS; absent: nothing is known of that. */
  readonly tls?: true
}

/** Tells of ready owners, and of nobody else. */
export interface Endpoints {
  /** All of them, in the order of service, port, instance. */
  list(): readonly Endpoint[]
  /** Grows with every change of the list. */
  readonly index: number
  /** Called after every change. @returns stops telling; idempotent */
  onChanged(listener: () => void): () => void
}
