/**
 * Writes to a reader who may be slow: every write waits until the one before has been taken, so that
 * no more than one message is ever kept for them. Others never wait for it.
 */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/** One response, written at its reader's pace. */
export class SlowWriter {
  readonly #response: ServerResponse
  readonly #gone = new AbortController()

  constructor(response: ServerResponse) {
    this.#response = response
    response.once('close', () => this.#gone.abort())
    // A reader who leaves in the middle of a message is no fault of ours.
    response.on('error', () => this.#gone.abort())
  }

  /** Aborted once the reader has left. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  /** Whether the reader has not yet taken what was written. */
  get isBehind(): boolean {
    return this.#response.writableNeedDrain
  }

  /** Writes, and resolves when there is room for more. Quiet when the reader has left. */
  async write(text: string): Promise<void> {
    if (this.gone.aborted || this.#response.write(text)) return
    try {
      await once(this.#response, 'drain', { signal: this.gone })
    } catch (error) {
      if (!this.gone.aborted) throw error
    }
  }

  /** Writes nothing when the reader has not yet taken what was written before. */
  beat(text: string): void {
    if (!this.gone.aborted && !this.isBehind) this.#response.write(text)
  }

  end(): void {
    this.#response.end()
  }
}
