/** Asks every replica each second whether it is ready, through the storm and after it. */
import { setTimeout as delay } from 'node:timers/promises'

/** So long a replica may take to become ready once nothing befalls it any more. @unit ms */
const PATIENCE_MS = 30_000

/** What replicas said of themselves. */
export interface ReadinessSeen {
  readonly asked: number
  /** How often one said that it is not ready, or nothing at all. */
  readonly notReady: number
  /** How many are ready at the end. */
  readonly ready: number
}

/** Asks until it is stopped. */
export class ReadinessWatch {
  readonly #servers: readonly string[]
  readonly #asking: Promise<void>
  #asked = 0
  #notReady = 0
  #isOver = false

  constructor(servers: readonly string[]) {
    this.#servers = servers
    this.#asking = this.#ask()
  }

  /** Stops asking once all are ready, or will not be. */
  async stop(): Promise<ReadinessSeen> {
    this.#isOver = true
    await this.#asking
    const late = AbortSignal.timeout(PATIENCE_MS)
    let ready = await this.#count()
    while (ready < this.#servers.length && !late.aborted) {
      await delay(200)
      ready = await this.#count()
    }
    return { asked: this.#asked, notReady: this.#notReady, ready }
  }

  async #ask(): Promise<void> {
    while (!this.#isOver) {
      const ready = await this.#count()
      this.#asked += this.#servers.length
      this.#notReady += this.#servers.length - ready
      await delay(1_000)
    }
  }

  async #count(): Promise<number> {
    const answers = await Promise.all(this.#servers.map((server) => isReady(server)))
    return answers.filter((ready) => ready).length
  }
}

async function isReady(server: string): Promise<boolean> {
  try {
    return (await fetch(`${server}/readyz`, { signal: AbortSignal.timeout(4_000) })).ok
  } catch {
    return false
  }
}
