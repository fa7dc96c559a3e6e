/** What a front is: the stable address of a service's port, and who may come in there. */
import type { FrontTls } from '../../core/port/front-tls.ts'
import type { RoutedBackend } from '../../seams/data-plane.ts'

/** How long a client waits where nothing else is said. @unit ms */
export const WAIT_MS = 10_000

/** A front as it is asked for. */
export interface FrontDefinition {
  /** Unique, for example `shop/api/http`: the service, then which of its ports. */
  readonly name: string
  /** `tcp` chooses a backend for each connection, `http` for each request of HTTP/1.1. */
  readonly mode: 'tcp' | 'http'
  /** Literal addresses, used where no socket is inherited. Never empty. */
  readonly addresses: readonly string[]
  readonly port: number
  /**
   * How long a client waits while no backend can be reached, so that a restart is only a pause.
   * @unit ms @default 10000
   */
  readonly waitMs?: number
  /** How many clients may wait at once; the next is turned away. @default 1024 */
  readonly waitingMax?: number
  /** It ends the TLS of its clients; absent: it speaks none. */
  readonly tls?: FrontTls
}

/**
 * Whether one can become the other while it is open: how long, and how many, may wait can change, and so
 * can the files of its TLS, but not whether it speaks that and asks for certificates.
 */
export function canBecome(one: FrontDefinition, other: FrontDefinition): boolean {
  const rest = ({ name, mode, addresses, port, tls }: FrontDefinition): string =>
    JSON.stringify([name, mode, addresses, port, tls && Object.keys(tls).sort()])
  return rest(one) === rest(other)
}

/** What a client has shown of itself by TLS. */
export interface ShownCertificate {
  /** Names of a certificate that is believed now; empty: there is none. */
  readonly names: readonly string[]
  /** For people: `no certificate`, `a certificate of spiffe://shop/web`. */
  readonly words: string
  /** A certificate that is believed now, as backends are told of it. @source RFC 9440 */
  readonly field?: string
}

/** Who asks to come in. */
export interface FrontClient {
  readonly front: string
  /** The same for all requests of one connection. */
  readonly connection: object
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  /** What stands after `Bearer` in the request's `authorization`; only with `http`. */
  readonly token?: string
  /** Absent: the front asks for no certificates. */
  readonly shown?: ShownCertificate
}

/** Whether a client may come in, and why not. */
export type Admission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly sentence: string }

/**
 * Judges each connection, and with `http` each request. It is handed in by whoever can tell clients:
 * on loopback by the kernel's tables, elsewhere by what they show. What it throws is a refusal.
 */
export type MayConnect = (client: FrontClient) => Admission | Promise<Admission>

/** Is told of each client that may not come in, and why. */
export type OnRefused = (front: string, sentence: string) => void

/** What a front has carried so far. */
export interface FrontCounts {
  readonly accepted: number
  readonly refused: number
  /** Clients for whom no backend was reached in time. */
  readonly unserved: number
  readonly waiting: number
  readonly backends: readonly BackendCounts[]
}

/** What went to one backend. */
export interface BackendCounts extends RoutedBackend {
  readonly inFlight: number
  /** Connections with `tcp`, requests with `http`. */
  readonly carried: number
  readonly unreachable: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** How long they took, as counts of those up to each bound of `LATENCY_BOUNDS_MS`, then the rest. */
  readonly latencies: readonly number[]
}

/** @unit ms */
export const LATENCY_BOUNDS_MS: readonly number[] = [1, 2, 5, 10, 25, 50, 100, 250, 1_000, 5_000]
