/**
 * Follows the streams of a ledger: it is asked for all of them once; afterwards only those are looked at
 * of which it hints, or the engine here tells, that they have grown. What is made of them is whoever's
 * it follows for; nothing is read before they ask.
 */
import type { Engine } from '../engine/engine.ts'
import type { Ledger, StreamSummary } from '../seams/ledger.ts'

/** What is followed, and what is made of it. */
export interface Following {
  readonly engine: Engine
  readonly ledger: Ledger
  /** Called at once with every stream that has grown; without one: any may have. */
  onHeard?(stream: string | undefined): void
  /** Whether one that has grown is to be looked at. */
  isNews(stream: string): boolean
  /** Begins anew with all there are. @returns those that are to be looked at */
  begin(streams: readonly StreamSummary[]): readonly string[]
  look(stream: string): Promise<void>
}

/** Follows on behalf of one. Whoever waits is told of what went wrong; the next one tries anew. */
export class StreamFollower {
  readonly #following: Following
  readonly #changed = new Set<string>()
  #mustList = true
  #line: Promise<void> = Promise.resolve()
  #stopListening: readonly (() => void)[] = []

  constructor(following: Following) {
    this.#following = following
  }

  /** Idempotent; after `close` it begins anew. */
  listen(): void {
    if (this.#stopListening.length > 0) return
    this.#mustList = true
    const { engine, ledger } = this.#following
    // The ledger's hints may come late; the engine's own news of what runs here never does.
    const hear = ({ ramp }: { readonly ramp: string }): void => this.#hear(ramp)
    this.#stopListening = [
      ledger.onAppended((stream) => this.#hear(stream)),
      engine.events.on('ramp.opened', hear),
      engine.events.on('ramp.advanced', hear),
    ]
  }

  /** Looks at everything that has grown. */
  catchUp(): Promise<void> {
    return this.#inLine(() => this.#goOn())
  }

  /** Looks at one stream, heard of or not; should that fail, it is not tried again. */
  lookAt(stream: string): Promise<void> {
    return this.#inLine(() => this.#following.look(stream))
  }

  /** Stops listening. Idempotent. */
  close(): void {
    for (const stop of this.#stopListening) stop()
    this.#stopListening = []
  }

  #hear(stream: string | undefined): void {
    this.#following.onHeard?.(stream)
    if (stream === undefined) this.#mustList = true
    else if (this.#following.isNews(stream)) this.#changed.add(stream)
  }

  #inLine(work: () => Promise<void>): Promise<void> {
    const done = this.#line.then(work)
    this.#line = done.catch(() => undefined)
    return done
  }

  async #goOn(): Promise<void> {
    if (this.#mustList) await this.#listAll()
    for (const stream of [...this.#changed]) {
      // Taken off before it is read: what comes meanwhile is read once more.
      this.#changed.delete(stream)
      try {
        await this.#following.look(stream)
      } catch (error) {
        this.#changed.add(stream)
        throw error
      }
    }
  }

  async #listAll(): Promise<void> {
    this.#mustList = false
    try {
      const streams = await this.#following.ledger.streams()
      for (const stream of this.#following.begin(streams)) this.#changed.add(stream)
    } catch (error) {
      this.#mustList = true
      throw error
    }
  }
}
