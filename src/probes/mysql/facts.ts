/** What one attempt saw of a MySQL or MariaDB server, as far as it got. */
import type { JsonObject } from '../../core/units/json.ts'
import type { FailedAddress } from '../connection/connection-failure.ts'
import type { AddressFamily } from '../connection/open-connection.ts'

/** What the server says of itself. */
export interface ServerFacts {
  readonly server: 'mysql' | 'mariadb'
  readonly version: string
  readonly isReadOnly: boolean
  /** How far its clock is ahead of ours. @unit ms */
  readonly timeOffsetMs: number
}

/** One table that was asked for. */
export interface TableFacts {
  readonly name: string
  /** Empty when there is no such table, or none that the user may see. */
  readonly columns: readonly string[]
}

/** What the migration tool's record says. */
export interface MigrationFacts {
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

/** What came of a row that was written and taken back. */
export interface WriteFacts {
  /** @unit ms */
  readonly writeMs: number
  /** `unsafe`: the table's engine would not take the row back, so it was not written. */
  readonly state: 'done' | 'absent' | 'unsafe' | 'failed'
  readonly engine?: string
  readonly failure?: MysqlFailure
}

/** One stream of changes from a primary. */
export interface ChannelFacts {
  /** Empty: the one without a name. */
  readonly name: string
  /** `host:port` of the primary. */
  readonly source: string
  /** What the server says of the thread that receives: `Yes`, `No`, `Connecting`. */
  readonly receiver: string
  /** What it says of the thread that applies. */
  readonly applier: string
  /** Absent: it cannot say. @unit s */
  readonly behindSeconds?: number
  readonly error: string
}

/** What came of one heartbeat. */
export interface HeartbeatFacts {
  readonly hasArrived: boolean
  /** How long it took, or has been waited for; never less than the truth. @unit ms */
  readonly waitedMs: number
}

/** What is known of replication. */
export interface ReplicationFacts {
  /** Absent: the user may not ask for them. */
  readonly channels?: readonly ChannelFacts[]
  readonly heartbeat?: HeartbeatFacts
  /** Whether `from` is this server. */
  readonly isSameServer?: boolean
  /** Whether `from` takes no writes. */
  readonly isFromReadOnly?: boolean
  /** Of the session with the primary. */
  readonly failure?: MysqlFailure
}

/** Why it went no further. */
export interface MysqlFailure {
  /** A number of the server's errors, or the code of the operating system or of TLS. */
  readonly code: string
  /** The SQLSTATE, where the server gives one. */
  readonly state?: string
  readonly message: string
}

/** What could be found out by asking. */
export interface CollectedFacts {
  readonly server?: ServerFacts
  readonly tables: readonly TableFacts[]
  readonly migrations?: MigrationFacts
  readonly write?: WriteFacts
  readonly replication?: ReplicationFacts
  readonly rows?: readonly JsonObject[]
  readonly isTruncated?: boolean
}

/** Everything that one attempt saw. */
export interface MysqlFacts extends CollectedFacts {
  readonly latencyMs: number
  readonly failed: readonly FailedAddress[]
  readonly connected?: { readonly address: string; readonly family: AddressFamily }
  readonly failure?: MysqlFailure
}
