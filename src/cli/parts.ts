/** What the command line needs from outside; put together in main.ts, so that commands stay testable. */
import type { RampartClient } from '../server/client/client.ts'

/** A stream that commands write to. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** Everything a command may use. */
export interface CliParts {
  /** Absolute path of the folder the command was called in. */
  readonly cwd: string
  /** The process variables of the caller. */
  readonly settings: Readonly<Record<string, string | undefined>>
  /** Data. */
  readonly out: OutputStream
  /** Talk: progress, errors, what to do next. */
  readonly err: OutputStream
  /** Who is speaking, for the ledger: the name of the operating system's user. */
  readonly user: string
  nowMs(): number
  /** Calls back on every Ctrl-C instead of ending the process. Returns how to stop; idempotent. */
  onInterrupt(callback: () => void): () => void
  /** The folder whose `.rampart` serves a folder: the nearest one upwards, else the folder itself. */
  findWorkspace(folder: string): string
  /** @throws daemon-absent when no daemon serves the workspace */
  connectDaemon(workspace: string): Promise<RampartClient>
  /** Starts the workspace's daemon when there is none. */
  ensureDaemon(workspace: string): Promise<RampartClient>
  /** Is the daemon, until it is told to stop. Resolves with the exit code. */
  runDaemon(workspace: string, options: { readonly idleExitMs?: number }): Promise<number>
}
