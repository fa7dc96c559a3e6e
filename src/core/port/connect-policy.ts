/**
 * Who may connect to whose ports, as Ports contracts say it: rules over names of services, and how a
 * service proves its name where its process cannot be looked up. Whoever enforces reads this alone.
 */
import type { Digest } from '../units/digest.ts'

/** These may connect to those. */
export interface ConnectRule {
  /** Services; `*` at the end matches any rest. */
  readonly from: readonly string[]
  /** Services; `*` at the end matches any rest. From now on nobody else may connect to them. */
  readonly to: readonly string[]
  /** Which of their ports; absent: all of them. */
  readonly ports?: readonly string[]
}

/** What a service is known by, besides being a process that Rampart runs. */
export interface ClientIdentity {
  readonly service: string
  /** Users of the machine as whom it runs, by number. */
  readonly users: readonly number[]
  /** Names of its certificate: a URI (`spiffe://shop/web`, `spiffe://shop/*`), a DNS name or `CN=web`. */
  readonly mtls: readonly string[]
  /** Digests of its tokens. A token itself never stands in a contract. */
  readonly tokens: readonly Digest[]
  /** Networks that are its own, for example `10.1.2.0/24`; a weak proof, for packet filters alone. */
  readonly networks: readonly string[]
  /** What its pods are labelled with in Kubernetes. */
  readonly labels?: Readonly<Record<string, string>>
  /** The namespace of those pods; absent: that of the target. */
  readonly namespace?: string
}

/** One contract's rules. */
export interface ConnectPolicy {
  readonly contract?: string
  readonly digest?: Digest
  readonly rules: readonly ConnectRule[]
  readonly clients: readonly ClientIdentity[]
}

/** A service's port that somebody connects to. */
export interface ConnectTarget {
  readonly service: string
  /** Which of its ports: `http`. */
  readonly port: string
}
