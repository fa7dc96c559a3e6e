/** Regions and the agents that work in them, as they travel. */

/** The certificate that an agent has shown. */
export interface AgentCertificate {
  readonly subject: string
  /** SHA-256 of it, in lower-case hexadecimal. */
  readonly fingerprint: string
  readonly untilMs: number
}

/** An agent, as the server knows it. */
export interface AgentView {
  /** Its identity: the name of its token. */
  readonly name: string
  readonly region: string
  /** For `If-Match`: whose the region is; absent for a moment, while that is being written. */
  readonly etag?: string
  readonly status: 'connected' | 'lost'
  readonly version: string
  /** Absent: it need not show one. */
  readonly certificate?: AgentCertificate
  readonly sinceMs: number
  readonly lastSeenAtMs: number
  /** From request to answer, the latest. @unit ms */
  readonly roundTripMs?: number
  /** Commands and questions it is working on. */
  readonly busyWith: number
}

/** Some agents, by region. */
export interface AgentPage {
  readonly agents: readonly AgentView[]
  readonly next?: string
}

/** Some regions, by name. */
export interface RegionPage {
  readonly regions: readonly RegionView[]
  readonly next?: string
}

/** A region with what serves it. */
export interface RegionView {
  readonly region: string
  readonly agents: readonly AgentView[]
  /** Ramps under way that have stages there. */
  readonly ramps: readonly string[]
}

/** One of the processes that serve. */
export interface ReplicaView {
  readonly name: string
  readonly version: string
  readonly startedAtMs: number
  readonly lastSeenAtMs: number
  /** How many subjects it holds the lease of. */
  readonly leases: number
}
