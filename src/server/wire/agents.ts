/** Regions and the agents that work in them, as they travel. */

/** An agent, as the server knows it. */
export interface AgentView {
  /** Its identity: the name of its token or certificate. */
  readonly name: string
  readonly region: string
  readonly status: 'connected' | 'lost'
  readonly version: string
  readonly sinceMs: number
  readonly lastSeenAtMs: number
  /** From request to answer, the latest. @unit ms */
  readonly roundTripMs?: number
  /** Commands and questions it is working on. */
  readonly busyWith: number
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
