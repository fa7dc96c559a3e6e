/**
 * What the command line is handed by main.ts: everything it reaches the outside through, so that its
 * commands can be tried with other streams, another folder and another clock.
 */
import type { Readable, Writable } from 'node:stream'
import type { RampartClient } from '../server/client/client.ts'

/** How to run the daemon in this process. */
export interface RunDaemonOptions {
  readonly workspace: string
  /** Stop when nothing runs and nobody asked for so long; absent: never. @unit ms */
  readonly idleExitMs?: number
}

/** What the command line needs. */
export interface CliParts {
  readonly version: string
  /** Absolute. */
  readonly cwd: string
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string | undefined>>
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  /** Whether a person is looking at stdout. */
  readonly isTty: boolean
  nowMs(): number
  /** The nearest folder at or above `from` that holds `.rampart`; else `from`. */
  findWorkspace(from: string): string
  /**
   * Never starts a daemon.
   *
   * @param options `anyVersion`: also speak to one of another version (`daemon status|stop|restart`)
   * @throws daemon-absent, daemon-version
   */
  connectDaemon(
    workspace: string,
    options?: { readonly anyVersion?: boolean },
  ): Promise<RampartClient>
  /** Starts a daemon when there is none. @throws daemon-unready, daemon-version */
  ensureDaemon(workspace: string): Promise<RampartClient>
  /** `rampart daemon run`: resolves with the exit code once the daemon has stopped. */
  runDaemon(options: RunDaemonOptions): Promise<number>
}

/** The command line: src/cli/program.ts exports `runCli` of this type. @returns the exit code */
export type RunCli = (argv: readonly string[], parts: CliParts) => Promise<number>
