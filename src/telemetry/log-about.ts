/** What a line of the log is about, so that it can be searched and joined with traces and the ledger. */

/** How much it matters, the least first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** How much it matters. */
export type LogLevel = (typeof LOG_LEVELS)[number]

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

/** The level that is named, if it is one. */
export function logLevelOf(name: string): LogLevel | undefined {
  return LOG_LEVELS.find((level) => level === name)
}

/** The log of what matters at least as much as that. */
export function logFrom(least: LogLevel, log: Log): Log {
  const from = LOG_LEVELS.indexOf(least)
  return (line, about) => {
    if (LOG_LEVELS.indexOf(about?.level ?? 'info') >= from) log(line, about)
  }
}
