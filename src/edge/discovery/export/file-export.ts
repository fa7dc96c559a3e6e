/**
 * Keeps something outside as the endpoints are, one writing at a time: what changes while it is written
 * is written together, next. A writing that failed is told of, and tried again with the next change.
 */
import type { Endpoint, Endpoints } from '../../../seams/endpoints.ts'

/** What is kept, and how. */
export interface FileExportParts {
  readonly endpoints: Endpoints
  readonly write: (endpoints: readonly Endpoint[]) => Promise<void>
  /** Told of every writing that failed. */
  readonly onTrouble: (error: unknown) => void
}

/** Follows the endpoints from the moment that it is made. */
export class FileExport {
  readonly #parts: FileExportParts
  readonly #stop: () => void
  #isBehind = false
  #writing: Promise<void> | undefined

  constructor(parts: FileExportParts) {
    this.#parts = parts
    this.#stop = parts.endpoints.onChanged(() => this.#begin())
    this.#begin()
  }

  /** Resolves when what is so now is written, or could not be. */
  async settled(): Promise<void> {
    await this.#writing
  }

  /** Follows no longer; resolves when nothing is being written any more. */
  async close(): Promise<void> {
    this.#stop()
    await this.settled()
  }

  #begin(): void {
    this.#isBehind = true
    this.#writing ??= this.#write()
  }

  async #write(): Promise<void> {
    const { endpoints, write, onTrouble } = this.#parts
    while (this.#isBehind) {
      this.#isBehind = false
      try {
        await write(endpoints.list())
      } catch (thrown) {
        onTrouble(thrown)
      }
    }
    // In the same instant as the last look, so that no change falls between the two.
    this.#writing = undefined
  }
}
