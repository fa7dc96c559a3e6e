/** One start of one component, as the daemon knows it: what was meant, who it is, how it ended. */
import type { ProcessState } from '../../seams/processes.ts'
import type { InstanceFolder } from './instance-folder.ts'
import type { Ended, InstanceRecord } from './record.ts'

/** A process that no other one can be mistaken for, within one boot of the machine. */
export interface Identity {
  readonly pid: number
  readonly started: string
}

/** A start that is, or was, running. */
export class Instance {
  readonly record: InstanceRecord
  readonly path: string
  /** The wrapper: leader of the session and of the process group. Undefined until it is known. */
  identity: Identity | undefined
  /** Whether the kernel was seen to hold nothing of it any more. */
  isCleared = false
  #ended: Ended | undefined
  readonly #watchers = new Set<() => void>()

  constructor(folder: InstanceFolder) {
    this.record = folder.record
    this.path = folder.path
  }

  get name(): string {
    return this.record.instance
  }

  /** Which copy it is; the only start of a component is its first copy. */
  get copy(): number {
    return this.record.copy ?? 1
  }

  get ended(): Ended | undefined {
    return this.#ended
  }

  /** Idempotent: the first end counts. */
  end(ended: Ended): void {
    if (this.#ended !== undefined) return
    this.#ended = ended
    const watchers = [...this.#watchers]
    this.#watchers.clear()
    for (const watcher of watchers) watcher()
  }

  /** Calls back once it has ended; never inside this call. */
  onEnd(ended: () => void): () => void {
    if (this.#ended === undefined) {
      // A function of its own, so that the same callback may watch twice.
      const watcher = (): void => ended()
      this.#watchers.add(watcher)
      return () => this.#watchers.delete(watcher)
    }
    const soon = setImmediate(ended)
    return () => clearImmediate(soon)
  }

  /** What is known now, without the last lines of its standard error. */
  state(): ProcessState {
    const { startedAtMs } = this.record
    const pid = this.identity?.pid ?? 0
    if (this.#ended !== undefined) {
      return { ...withoutUndefined(this.#ended), pid, startedAtMs }
    }
    // Recorded, but nobody has claimed the start: there is no process to speak of.
    return { status: this.identity === undefined ? 'lost' : 'running', pid, startedAtMs }
  }
}

function withoutUndefined(
  ended: Ended,
): Pick<ProcessState, 'status' | 'code' | 'signal' | 'endedAtMs'> {
  const { status, code, signal, endedAtMs } = ended
  return {
    status,
    endedAtMs,
    ...(code === undefined ? {} : { code }),
    ...(signal === undefined ? {} : { signal }),
  }
}
