/** Errands to an agent as server-sent events, in order, at the agent's pace. */

import type { SlowWriter } from '../slow-writer.ts'
import type { AgentErrand } from '../wire/agent-work.ts'

/** So many errands may wait for an agent that takes none; then the connection is given up. */
const WAITING_MAX = 10_000

/** Writes errands one after the other. */
export class ErrandWriter {
  readonly #writer: SlowWriter
  readonly #overrun: () => void
  #waiting: AgentErrand[] = []
  #isWriting = false

  constructor(writer: SlowWriter, overrun: () => void) {
    this.#writer = writer
    this.#overrun = overrun
  }

  /** Puts one in line; never waits. */
  send(errand: AgentErrand): void {
    if (this.#waiting.length >= WAITING_MAX) return this.#overrun()
    this.#waiting.push(errand)
    if (!this.#isWriting) void this.#write()
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    while (this.#waiting.length > 0) {
      const errands = this.#waiting
      this.#waiting = []
      const events = errands.map((errand) => `event: errand\ndata: ${JSON.stringify(errand)}\n\n`)
      await this.#writer.write(events.join(''))
    }
    this.#isWriting = false
  }
}
