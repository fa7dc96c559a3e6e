/** What a line of the log is about, so that it can be searched and joined with traces and the ledger. */

/** How much it matters. */
export type LogLevel = 'info' | 'warn' | 'error'

/** What it is about; every member is an id that the ledger or a client knows. Never a value of a setting. */
export interface LogAbout {
  /** @default 'info' */
  readonly level?: LogLevel
  readonly ramp?: string
  readonly contract?: string
  readonly stage?: string
  readonly condition?: string
  /** A code of docs/errors.md. */
  readonly code?: string
  /** The `x-request-id` of a request. */
  readonly request?: string
}

/** Takes one line. */
export type Log = (line: string, about?: LogAbout) => void
