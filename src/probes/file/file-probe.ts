/**
 * The `file` probe: is something at a path, has it settled, and does it hold what it should? It only
 * looks and reads. For how long nothing has changed is what this probe has seen itself, never what
 * the file's own time says: a copy may bring an old time along. Forgetting what was seen only costs
 * the waiting again.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { watchPath } from '../watching/watch-path.ts'
import { assessFile } from './assess-file.ts'
import { readFileInput } from './file-input.ts'
import { type Look, look } from './look.ts'

/** How many files are remembered. */
const REMEMBERED_MAX = 1_024

interface Seen {
  readonly fingerprint: string
  /** Since when it is known as it is, by `performance.now()`. */
  readonly sinceMs: number
  readonly sha256?: string
}

/** Looks at files. */
export class FileProbe implements Probe {
  readonly kind = 'file'
  readonly #folder: string
  readonly #seen = new Map<string, Seen>()

  /** @param place what relative paths are relative to */
  constructor(place: { readonly folder: string }) {
    this.#folder = place.folder
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readFileInput(reader, this.#folder)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const seen = this.#seen.get(input.path)
    const sha256 = seen?.sha256
    const known =
      sha256 === undefined ? undefined : { fingerprint: seen?.fingerprint ?? '', sha256 }
    const found = await look(input, known, asking.signal)
    const unchangedMs = this.#remember(input.path, found, startedMs)
    const latencyMs = elapsedMs(startedMs, performance.now())
    return assessFile(input, { look: found, latencyMs, unchangedMs })
  }

  watch(asking: Asking, changed: () => void): () => void {
    const reader = new InputReader(asking.input)
    const { path } = readFileInput(reader, this.#folder)
    return reader.mistake === undefined ? watchPath(path, changed) : () => undefined
  }

  /** For how long the file has been as it is. */
  #remember(path: string, found: Look, nowMs: number): number {
    const seen = this.#seen.get(path)
    this.#seen.delete(path)
    if (found.found !== 'something' || found.brokenOff === 'CHANGED') return 0
    const { fingerprint } = found
    const isSame = seen?.fingerprint === fingerprint
    const sinceMs = isSame ? seen.sinceMs : nowMs
    const sha256 = found.sha256 ?? (isSame ? seen.sha256 : undefined)
    this.#seen.set(path, { fingerprint, sinceMs, ...(sha256 === undefined ? {} : { sha256 }) })
    const [oldest] = this.#seen.keys()
    if (this.#seen.size > REMEMBERED_MAX && oldest !== undefined) this.#seen.delete(oldest)
    return nowMs - sinceMs
  }
}
