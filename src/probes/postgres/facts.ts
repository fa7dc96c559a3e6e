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

/** Why it went no further. */
export interface PostgresFailure {
  /** An SQLSTATE, or the code of the operating system or of TLS; `ABORTED` when time was up. */
  readonly code: string
  readonly message: string
}

/** Everything that one attempt saw. */
export interface PostgresFacts {
  readonly latencyMs: number
  readonly failed: readonly FailedAddress[]
  readonly connected?: { readonly address: string; readonly family: 'ipv4' | 'ipv6' }
  readonly serverVersion?: string
  readonly inRecovery?: boolean
  readonly tables: readonly TableFacts[]
  readonly indexes: readonly IndexFacts[]
  readonly migrations?: MigrationFacts
  readonly rows?: readonly JsonObject[]
  readonly isTruncated?: boolean
  readonly failure?: PostgresFailure
}
