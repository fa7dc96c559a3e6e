/** What one attempt saw of a PostgreSQL server, as far as it got. */
import type { JsonObject } from '../../core/units/json.ts'
import type { FailedAddress } from '../connection/connection-failure.ts'

/** One table that was asked for. */
export interface TableFacts {
  readonly name: string
  /** Absent when there is no such table. */
  readonly columns?: readonly string[]
}

/** One index that was asked for. */
export interface IndexFacts {
  readonly name: string
  /** `invalid`: it is being built, or building it has failed. */
  readonly state: 'absent' | 'invalid' | 'valid'
}

/** What the migration tool's record says. */
export interface MigrationFacts {
  readonly table: string
  /** `unrecognized`: none of its columns names a migration. */
  readonly state: 'absent' | 'unrecognized' | 'read'
  readonly tool?: string
  readonly head?: string
  /** Another name of the head. */
  readonly alias?: string
  readonly applied: number
  readonly unfinished: readonly string[]
  /** Whether the expected head is among the applied migrations. */
  readonly hasExpected: boolean
  /** Whether the tool says that it is at work right now. */
  readonly isLocked: boolean
}

/** One extension that was asked for. */
export interface ExtensionFacts {
  readonly name: string
  /** Absent: it is not installed. */
  readonly version?: string
  /** Whether the server could install it. */
  readonly isAvailable: boolean
}

/** How many connections the server has and may have; the probe's own is not counted. */
export interface ConnectionsFacts {
  readonly used: number
  /** For users without special rights. */
  readonly most: number
}

/** What came of a row that was written and taken back. */
export interface WriteFacts {
  /** @unit ms */
  readonly writeMs: number
  readonly failure?: PostgresFailure
}

/** Why it went no further. */
export interface PostgresFailure {
  /** An SQLSTATE, or the code of the operating system or of TLS; `ABORTED` when time was up. */
  readonly code: string
  readonly message: string
}

/** The subscription that brings the heartbeats. */
export interface SubscriptionFacts {
  readonly name: string
  readonly isEnabled: boolean
  /** Whether a process applies its changes. */
  readonly isWorking: boolean
  /** Whether the first copy of the table is done; absent: the subscription does not carry it. */
  readonly isCopied?: boolean
  /** On the primary. */
  readonly slot?: string
  readonly errorCount: number
}

/** How a server is given changes, by its own word. */
export interface ReplicaFacts {
  /** `none`: it is neither in recovery nor subscribed to anything. */
  readonly mode: 'physical' | 'logical' | 'none'
  readonly hasTable: boolean
  /** What all copies of one cluster have in common. */
  readonly cluster: string
  readonly database: string
  /** Of a physical replica: whether somebody has paused it. */
  readonly isPaused: boolean
  /** Of a physical replica: whether it is connected to a primary. */
  readonly isReceiving: boolean
  readonly subscription?: SubscriptionFacts
}

/** How the primary sees the slot of a subscription. */
export interface SlotState {
  readonly state: 'active' | 'inactive' | 'missing'
  /** How much of its log has not been confirmed. @unit bytes */
  readonly lagBytes?: number
}

/** What came of one heartbeat. */
export interface ReplicationFacts {
  readonly replica: ReplicaFacts
  /** Absent: it was not written, because `obstacle` or `failure` stood in the way. */
  readonly heartbeat?: {
    readonly hasArrived: boolean
    /** How long it took, or has been waited for; never less than the truth. @unit ms */
    readonly waitedMs: number
  }
  readonly slot?: SlotState
  /** How much of the primary's log this server has still to be given. @unit bytes */
  readonly lagBytes?: number
  /** Why a heartbeat was not even written. */
  readonly obstacle?: ReplicationObstacle
  /** Of the session with the primary. */
  readonly failure?: PostgresFailure
}

/** What makes a heartbeat pointless, or dangerous for others. */
export type ReplicationObstacle =
  | 'no-replica'
  | 'paused'
  | 'disabled'
  | 'no-table'
  | 'not-subscribed'
  | 'same-server'
  | 'other-cluster'
  | 'primary-in-recovery'
  | 'no-table-on-primary'
  | 'published-to-all'

/** Everything that one attempt saw. */
export interface PostgresFacts {
  readonly latencyMs: number
  readonly failed: readonly FailedAddress[]
  readonly connected?: { readonly address: string; readonly family: 'ipv4' | 'ipv6' }
  readonly serverVersion?: string
  readonly inRecovery?: boolean
  readonly tables: readonly TableFacts[]
  readonly indexes: readonly IndexFacts[]
  /** How far the server's clock is ahead of ours. @unit ms */
  readonly timeOffsetMs?: number
  readonly extensions?: readonly ExtensionFacts[]
  readonly connections?: ConnectionsFacts
  readonly migrations?: MigrationFacts
  readonly write?: WriteFacts
  readonly replication?: ReplicationFacts
  readonly rows?: readonly JsonObject[]
  readonly isTruncated?: boolean
  readonly failure?: PostgresFailure
}
