/** The seam to processes that a runtime has started, for those who only look. */

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
