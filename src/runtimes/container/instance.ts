/** One start of one component, as the daemon knows it: what was meant, its container, how it ended. */
import { join } from 'node:path'
import type { JsonObject } from '../../core/units/json.ts'
import type { ProcessState } from '../../seams/processes.ts'
import { readTail } from '../logs/read-tail.ts'
import type { StartPorts } from '../placement/port-source.ts'
import { type InstanceFiles, writeFact } from './instance-folder.ts'
import type { ContainerRecord, Ended } from './record.ts'

const ERROR_LINES_MAX = 20
const ERROR_BYTES_MAX = 4 * 1024

/** A start that is, or was, running. */
export class Instance {
  readonly record: ContainerRecord
  readonly path: string
  /** Its first process on this machine; 0 until the engine has told. */
  pid = 0
  /** Whether the engine was seen to hold nothing of it any more. */
  isCleared = false
  /** Whether the engine has told of it since the way to the engine was last lost. */
  isKnown = false
  /** Whether it was said that its ports are published, and for which process. */
  isPublished = false
  #made: string | undefined
  #ended: Ended | undefined
  readonly #watchers = new Set<() => void>()

  constructor({ path, record, made, ended }: InstanceFiles) {
    this.path = path
    this.record = record
    this.#made = made
    this.#ended = ended
  }

  get name(): string {
    return this.record.instance
  }

  /** The container's id; undefined while none is known to have been made. */
  get made(): string | undefined {
    return this.#made
  }

  get ended(): Ended | undefined {
    return this.#ended
  }

  /** Remembers that there is a container. Idempotent. */
  make(id: string): void {
    if (this.#made === id) return
    this.#made = id
    writeFact(this.path, 'made', id)
  }

  /** Idempotent: the first end counts. */
  end(ended: Ended): void {
    if (this.#ended !== undefined) return
    this.#ended = ended
    writeFact(this.path, 'ended.json', JSON.stringify(ended))
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

  /** What is known; undefined while the engine has not told, and might say something else. */
  state(): ProcessState | undefined {
    const { startedAtMs } = this.record
    const { pid } = this
    if (this.#ended === undefined) {
      return this.isKnown ? { status: 'running', pid, startedAtMs } : undefined
    }
    const { status, code, signal, endedAtMs } = this.#ended
    const lastErrors = readTail(join(this.path, 'err'), ERROR_LINES_MAX, ERROR_BYTES_MAX)
    return {
      status,
      pid,
      startedAtMs,
      endedAtMs,
      ...(code === undefined ? {} : { code }),
      ...(signal === undefined ? {} : { signal }),
      ...(lastErrors.length > 0 ? { lastErrors } : {}),
    }
  }

  /** Its ports of this machine. */
  outsidePorts(): StartPorts {
    const { subject, outside, protocols } = this.record
    return { subject, ports: outside.ports, protocols }
  }

  /** What conditions and other components may refer to as `self`. */
  outputs(): JsonObject {
    const { record } = this
    return {
      instance: record.instance,
      subject: record.subject,
      container: this.#made ?? record.container,
      image: record.image,
      imageDigest: record.imageDigest,
      pid: this.pid,
      host: record.outside.host,
      ports: record.outside.ports,
      ...(record.inside === undefined ? {} : { inside: { ...record.inside } }),
      out: join(this.path, 'out'),
      err: join(this.path, 'err'),
      startedBy: record.order,
      startedAtMs: record.startedAtMs,
    }
  }
}
