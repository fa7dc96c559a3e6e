/**
 * What the command line is handed by main.ts: everything it reaches the outside through, so that its
 * commands can be tried with other streams, another folder and another clock.
 */
import type { ProcessIdentity } from '../core/port/port-lease.ts'
import type { CopiedContainers } from '../prove/copied-containers.ts'
import type { KernelProcesses } from '../seams/kernel-processes.ts'
import type { SystemSockets } from '../seams/system-sockets.ts'
import type { RampartClient } from '../server/client/client.ts'

/** A stream that commands write to. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined
  /** Width of the terminal. */
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** A stream that commands read from. */
export interface InputStream extends AsyncIterable<unknown> {
  readonly isTTY?: boolean | undefined
}

/** How to be an agent in this process. */
export interface RunAgentOptions {
  readonly workspace: string
  readonly region: string
  /** URLs; with several replicas, each of them. */
  readonly servers: readonly string[]
  readonly token: string
  /** Certificates (PEM) to trust besides the system's. */
  readonly ca?: string
  /** Files of the certificate by which it is known, and of its key; read for every connection. */
  readonly certificate?: { readonly certificate: string; readonly key: string }
  readonly isReplacing: boolean
}

/** How to run the daemon in this process. */
export interface RunDaemonOptions {
  readonly workspace: string
  /** Stop when nothing runs and nobody asked for so long; absent: never. @unit ms */
  readonly idleExitMs?: number
  /** How others reach it; absent: nobody but the owner of the account. */
  readonly doors?: ServeDoors
  /** Where everything is kept, when that is not the workspace. */
  readonly database?: ServeDatabase
  /** The file of the key that opens what is secret. @default the workspace's own */
  readonly keyFile?: string
  /** Networks that webhooks may reach although they are private, with commas. @default none */
  readonly webhooksMayReach?: string
}

/** A database that several servers share. */
export interface ServeDatabase {
  /** `postgres://…` */
  readonly url: string
  /** What this one is called among them. */
  readonly replica: string
}

/** How a daemon is reached over the network. */
export interface ServeDoors {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Files of a certificate and its key, and of who vouches for the certificates of agents. */
  readonly tls?: {
    readonly certificate: string
    readonly key: string
    readonly clientCa?: string
  }
  /** Whether a proxy that has TLS stands before it. */
  readonly isBehindProxy: boolean
  /** How browsers reach it, where that is not how it listens. */
  readonly publicUrl?: string
  /** The file that says who may come in. */
  readonly accessFile?: string
}

/** A workspace's folder, the URL of a database, or a backup. */
export type StorePlace = string | { readonly backup: string }

/** What is moved, from where to where. */
export interface MoveStoreOptions {
  readonly from: StorePlace
  readonly to: StorePlace
  /** Whose master key counts when no other is given. */
  readonly workspace: string
  /** A file with the master key. */
  readonly keyFile?: string
}

/** What was moved. */
export interface StoreMoved {
  readonly entries: number
  readonly checkpoints: number
  /** The hash of the last entry. */
  readonly head: string
  readonly records: number
  /** Of how many ramps. */
  readonly settings: number
}

/** What the command line needs. */
export interface CliParts {
  readonly version: string
  /** Absolute path of the folder the command was called in. */
  readonly cwd: string
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string | undefined>>
  /** Data. */
  readonly stdout: OutputStream
  /** What is piped in; absent: nothing. */
  readonly stdin?: InputStream
  /** The server that commands speak to; absent: this machine's own daemon. */
  readonly server?: string
  /** Talk: progress, errors, what to do next. */
  readonly stderr: OutputStream
  /** Who is speaking, for the ledger: the name of the operating system's user. */
  readonly user: string
  nowMs(): number
  /** Which process of this machine has that pid now; undefined when none has. */
  identify(pid: number): Promise<ProcessIdentity | undefined>
  /** The processes and sockets of this machine. */
  openKernel(): Promise<KernelProcesses>
  /** Opens sockets of this machine; why none can be opened, as a sentence, when that is so. */
  openSockets(): Promise<SystemSockets | { readonly why: string }>
  /** Calls back on every Ctrl-C instead of ending the process. Returns how to stop; idempotent. */
  onInterrupt(callback: () => void): () => void
  /** The same, also when the process is told to end, or its terminal goes away. */
  onTermination(callback: () => void): () => void
  /**
   * Asks the person at the terminal; undefined when they leave with Ctrl-C or Ctrl-D. Absent: there is
   * nobody to ask.
   */
  ask?(question: string): Promise<string | undefined>
  /** The same for a secret: what is typed is shown to nobody. */
  askSecret?(question: string): Promise<string | undefined>
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
  /** The containers of a workspace, for `rampart prove`; asks nothing before something is done. */
  openContainers(workspace: string): Promise<CopiedContainers>
  /** `rampart daemon run`: resolves with the exit code once the daemon has stopped. */
  runDaemon(options: RunDaemonOptions): Promise<number>
  /**
   * Moves everything that a server keeps, all of it or nothing.
   *
   * @throws store-occupied, store-busy, backup-unusable, ledger-corrupt, ledger-unavailable
   */
  moveStore(options: MoveStoreOptions): Promise<StoreMoved>
  /** `rampart agent`: resolves with the exit code once it was told to stop. */
  runAgent(options: RunAgentOptions): Promise<number>
}

/** The command line: src/cli/program.ts exports `runCli` of this type. @returns the exit code */
export type RunCli = (argv: readonly string[], parts: CliParts) => Promise<number>
