/** The seam to processes that a runtime has started, for those who only look. */
import type { ProcessIdentity } from '../core/port/port-lease.ts'

/** What the kernel, or the runtime's own record, says of one started process. */
export interface ProcessState {
  /** `lost`: gone, but nobody saw how (the supervisor was killed as well). */
  readonly status: 'running' | 'exited' | 'lost'
  /** The leader of the process group. */
  readonly pid: number
  /** Exit code, when it exited by itself. */
  readonly code?: number
  /** The signal that ended it, for example `SIGKILL`. */
  readonly signal?: string
  readonly startedAtMs: number
  /** When it ended. */
  readonly endedAtMs?: number
  /** The last lines of its standard error (at most 20 lines, 4 KiB), for people. */
  readonly lastErrors?: readonly string[]
}

/** One socket that listens on a TCP port of this machine. */
export interface PortListener {
  /** What it is bound to: `127.0.0.1`, `0.0.0.0`, `::1`, `::`. */
  readonly address: string
  /** Whether a process of the instance holds it. */
  readonly isOwn: boolean
  /** One of the processes that hold it otherwise, when that can be told. */
  readonly pid?: number
  /** The command line of that process, for people. */
  readonly command?: string
}

/** Tells who listens on ports. */
export interface PortListeners {
  /**
   * Every socket that listens on the port now; undefined when the instance is not known, or when
   * this machine does not tell.
   */
  listeners(instance: string, port: number): readonly PortListener[] | undefined
}

/** The leader of a start that runs: its children are the service's as well. */
export interface RunningProcess extends ProcessIdentity {
  /** What the start is one of: `shop/api`. */
  readonly service: string
}

/** Tells of every start that runs, whether it has ports or not. */
export interface RunningProcesses {
  running(): readonly RunningProcess[]
  /**
   * Calls back when one has begun or ended.
   *
   * @returns stops watching; idempotent
   */
  onRunning(changed: () => void): () => void
}

/** Looks at started processes. An instance is one start of one component: `shop/api#3`. */
export interface Processes {
  /** Undefined when this runtime has never started it. */
  state(instance: string): ProcessState | undefined
  /**
   * Calls back when the instance ends. Never calls inside this call.
   *
   * @returns stops watching; idempotent
   */
  onEnd(instance: string, ended: () => void): () => void
}
