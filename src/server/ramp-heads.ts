/**
 * Every ramp by its id, in the order in which they were opened, as far as ids alone tell. The ledger is
 * asked for all of them once; afterwards only for those that it hints at.
 */
import type { Engine } from '../engine/engine.ts'
import { isRampStream } from '../engine/ramp-directory.ts'
import { readRampId } from '../engine/ramp-id.ts'
import type { Ledger } from '../seams/ledger.ts'

/** What is known of a ramp without reading its entries. */
export interface RampHead {
  readonly ramp: string
  /** The name of its contract. */
  readonly name: string
  /** Whether it only watches. */
  readonly isWatch: boolean
  readonly openedAtMs: number
  /** Where its first entry stands; 0 for those that were there when the ledger was asked for all. */
  readonly position: number
}

/** The ramps of a ledger. */
export class RampHeads {
  readonly #ledger: Ledger
  readonly #stopListening: readonly (() => void)[]
  readonly #onChanged: (ramp: string | undefined) => void
  #byId = new Map<string, RampHead>()
  #oldestFirst: RampHead[] = []
  /** Streams that are new, and not yet looked at. */
  readonly #unknown = new Set<string>()
  #mustList = true
  #catchingUp: Promise<void> = Promise.resolve()

  /** @param onChanged called when a ramp has new entries; without a ramp: any may have */
  constructor(
    parts: { readonly engine: Engine; readonly ledger: Ledger },
    onChanged: (ramp: string | undefined) => void,
  ) {
    this.#ledger = parts.ledger
    this.#onChanged = onChanged
    // The ledger's hints may come late; the engine's own news of what runs here never does.
    const hear = ({ ramp }: { readonly ramp: string }): void => this.#hear(ramp)
    this.#stopListening = [
      parts.ledger.onAppended((stream) => this.#hear(stream)),
      parts.engine.events.on('ramp.opened', hear),
      parts.engine.events.on('ramp.advanced', hear),
    ]
  }

  /** Every ramp there is now, oldest first. Not to be kept. */
  async list(): Promise<readonly RampHead[]> {
    await this.#catchUp()
    return this.#oldestFirst
  }

  /** One ramp; undefined when there is none. */
  async get(ramp: string): Promise<RampHead | undefined> {
    await this.#catchUp()
    const known = this.#byId.get(ramp)
    if (known !== undefined || this.#mustList) return known
    await this.#look(ramp)
    return this.#byId.get(ramp)
  }

  /** Stops listening. Idempotent. */
  close(): void {
    for (const stop of this.#stopListening) stop()
  }

  #hear(stream: string | undefined): void {
    this.#onChanged(stream)
    if (stream === undefined) this.#mustList = true
    else if (!this.#byId.has(stream)) this.#unknown.add(stream)
  }

  #catchUp(): Promise<void> {
    const caughtUp = this.#catchingUp.then(() => this.#goOn())
    // Whoever waits is told of what went wrong; the next one tries anew.
    this.#catchingUp = caughtUp.catch(() => undefined)
    return caughtUp
  }

  async #goOn(): Promise<void> {
    if (this.#mustList) await this.#listAll()
    for (const stream of [...this.#unknown]) {
      await this.#look(stream)
      this.#unknown.delete(stream)
    }
  }

  async #listAll(): Promise<void> {
    this.#mustList = false
    try {
      const streams = (await this.#ledger.streams()).filter(isRampStream)
      this.#oldestFirst = streams.map(({ stream, openedAtMs }) => headOf(stream, openedAtMs, 0))
      this.#byId = new Map(this.#oldestFirst.map((head) => [head.ramp, head]))
    } catch (error) {
      this.#mustList = true
      throw error
    }
  }

  /** Looks at the first entry of a stream, and takes it in when it is a ramp's. */
  async #look(stream: string): Promise<void> {
    for await (const { position, entry } of this.#ledger.read(stream)) {
      if (entry.type !== 'ramp.opened' || this.#byId.has(stream)) return
      const head = headOf(stream, entry.atMs, position)
      let place = this.#oldestFirst.length
      while (place > 0 && (this.#oldestFirst[place - 1]?.position ?? 0) > position) place -= 1
      this.#oldestFirst.splice(place, 0, head)
      this.#byId.set(stream, head)
      return
    }
  }
}

/** The id of a ramp tells its contract's name and its goal, so that not every ramp must be read. */
function headOf(ramp: string, openedAtMs: number, position: number): RampHead {
  const { name = ramp, goal } = readRampId(ramp) ?? {}
  return { ramp, name, isWatch: goal === 'watch', openedAtMs, position }
}
