/**
 * Every ramp by its id, in the order in which they were opened, as far as ids alone tell. The ledger is
 * asked for all of them once; afterwards only for those that it hints at.
 */
import type { Engine } from '../engine/engine.ts'
import { isRampStream } from '../engine/ramp-directory.ts'
import { readRampId } from '../engine/ramp-id.ts'
import type { Ledger, StreamSummary } from '../seams/ledger.ts'
import { StreamFollower } from './stream-follower.ts'

/** What is known of a ramp without reading its entries. */
export interface RampHead {
  readonly ramp: string
  /** The name of its contract. */
  readonly name: string
  /** Whether it only watches. */
  readonly isWatch: boolean
  /** Whether it had ended when the ledger was asked for all. */
  readonly hadEnded: boolean
  readonly openedAtMs: number
  /** Where its first entry stands; 0 for those that were there when the ledger was asked for all. */
  readonly position: number
}

/** The ramps of a ledger. */
export class RampHeads {
  readonly #ledger: Ledger
  readonly #follower: StreamFollower
  #byId = new Map<string, RampHead>()
  #oldestFirst: RampHead[] = []

  /** @param onChanged called when a ramp has new entries; without a ramp: any may have */
  constructor(
    parts: { readonly engine: Engine; readonly ledger: Ledger },
    onChanged: (ramp: string | undefined) => void,
  ) {
    this.#ledger = parts.ledger
    this.#follower = new StreamFollower({
      engine: parts.engine,
      ledger: parts.ledger,
      onHeard: onChanged,
      isNews: (stream) => !this.#byId.has(stream),
      begin: (streams) => this.#begin(streams),
      look: (stream) => this.#look(stream),
    })
    this.#follower.listen()
  }

  /** Every ramp there is now, oldest first. Not to be kept. */
  async list(): Promise<readonly RampHead[]> {
    await this.#follower.catchUp()
    return this.#oldestFirst
  }

  /** One ramp; undefined when there is none. */
  async get(ramp: string): Promise<RampHead | undefined> {
    await this.#follower.catchUp()
    const known = this.#byId.get(ramp)
    if (known !== undefined) return known
    await this.#follower.lookAt(ramp)
    return this.#byId.get(ramp)
  }

  /** Stops listening. Idempotent. */
  close(): void {
    this.#follower.close()
  }

  #begin(streams: readonly StreamSummary[]): readonly string[] {
    const ramps = streams.filter(isRampStream)
    this.#oldestFirst = ramps.map(({ stream, openedAtMs, lastType }) => {
      const hadEnded = lastType === 'ramp.ended'
      return headOf(stream, { openedAtMs, position: 0, hadEnded })
    })
    this.#byId = new Map(this.#oldestFirst.map((head) => [head.ramp, head]))
    return []
  }

  /** Looks at the first entry of a stream, and takes it in when it is a ramp's. */
  async #look(stream: string): Promise<void> {
    for await (const { position, entry } of this.#ledger.read(stream)) {
      if (entry.type !== 'ramp.opened' || this.#byId.has(stream)) return
      const head = headOf(stream, { openedAtMs: entry.atMs, position, hadEnded: false })
      let place = this.#oldestFirst.length
      while (place > 0 && (this.#oldestFirst[place - 1]?.position ?? 0) > position) place -= 1
      this.#oldestFirst.splice(place, 0, head)
      this.#byId.set(stream, head)
      return
    }
  }
}

/** The id of a ramp tells its contract's name and its goal, so that not every ramp must be read. */
function headOf(
  ramp: string,
  found: Pick<RampHead, 'openedAtMs' | 'position' | 'hadEnded'>,
): RampHead {
  const { name = ramp, goal } = readRampId(ramp) ?? {}
  return { ramp, name, isWatch: goal === 'watch', ...found }
}
