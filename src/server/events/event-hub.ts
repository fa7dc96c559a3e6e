/**
 * What happens in the whole ledger, read once for all who follow it. The latest entries are kept as
 * they are written to readers; each reader has only a place in them. Who falls behind what is kept
 * reads the ledger for themselves, at their own pace, and holds up nobody.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock, Timer } from '../../seams/clock.ts'
import type { Ledger, Recorded } from '../../seams/ledger.ts'

/** An entry, and how it is written to readers. */
export interface HubEvent {
  readonly recorded: Recorded
  readonly text: string
}

/** So many entries are kept at hand, and so much of their texts. */
const KEPT_MAX = 4_096
const KEPT_CHARACTERS_MAX = 16 * 1024 * 1024

/** So many are handed on at once. */
const PAGE = 256

/** Followers are told at most this often: each then takes many entries at once. @unit ms */
const TELL_PAUSE_MS = 50

/** After a quiet time they are told this late: whatever follows from an entry goes first. @unit ms */
const TELL_DELAY_MS = 15

/** So many are told in one turn of the event loop; between two turns the engine has its own. */
const TOLD_AT_ONCE = 20

/** Follows a ledger for as long as anybody follows it through this. */
export class EventHub {
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #onTrouble: (error: unknown) => void
  readonly #followers = new Set<() => void>()
  #kept: HubEvent[] = []
  #characters = 0
  #end = 0
  #stopListening: (() => void) | undefined
  #isReading = false
  #mustRead = false
  #opening: Promise<void> | undefined
  #telling: Timer | undefined
  #toldAtMs = 0

  constructor(parts: {
    readonly ledger: Ledger
    readonly clock: Clock
    onTrouble(error: unknown): void
  }) {
    this.#ledger = parts.ledger
    this.#clock = parts.clock
    this.#onTrouble = (error) => parts.onTrouble(error)
  }

  /** The position of the last entry that was read. */
  get end(): number {
    return this.#end
  }

  /**
   * Calls back whenever there are more entries; the first follower begins the reading.
   *
   * @returns stops following; the last one to stop ends the reading
   */
  async follow(callback: () => void): Promise<() => void> {
    this.#followers.add(callback)
    this.#opening ??= this.#open()
    try {
      await this.#opening
    } catch (error) {
      this.#leave(callback)
      throw error
    }
    return () => this.#leave(callback)
  }

  /** Pages of entries after a position, as far as they are known: at hand, else read from the ledger. */
  async *after(position: number): AsyncGenerator<readonly HubEvent[]> {
    let at = position
    while (at < this.#end) {
      const first = this.#kept[0]?.recorded.position ?? this.#end + 1
      const page =
        at + 1 < first
          ? await this.#readPage(at)
          : this.#kept.slice(at + 1 - first, at + 1 - first + PAGE)
      const last = page.at(-1)
      if (last === undefined) return
      at = last.recorded.position
      yield page
    }
  }

  async #readPage(after: number): Promise<readonly HubEvent[]> {
    const page: HubEvent[] = []
    for await (const recorded of this.#ledger.readAll(after)) {
      page.push(eventOf(recorded))
      if (page.length === PAGE) break
    }
    return page
  }

  async #open(): Promise<void> {
    this.#stopListening = this.#ledger.onAppended(() => this.#read())
    this.#end = await this.#ledger.end()
  }

  #leave(callback: () => void): void {
    this.#followers.delete(callback)
    if (this.#followers.size > 0) return
    this.#stopListening?.()
    this.#telling?.cancel()
    this.#telling = undefined
    this.#opening = undefined
    this.#kept = []
    this.#characters = 0
  }

  #read(): void {
    this.#mustRead = true
    if (!this.#isReading) void this.#readAll()
  }

  async #readAll(): Promise<void> {
    this.#isReading = true
    try {
      while (this.#mustRead && this.#followers.size > 0) {
        this.#mustRead = false
        const opening = this.#opening
        await opening
        await this.#readOn(opening)
      }
    } catch (error) {
      this.#onTrouble(error)
    } finally {
      // At once with the last look: what comes after it begins another reading.
      this.#isReading = false
    }
  }

  /** Reads on, unless all who followed have left meanwhile: whoever comes then begins elsewhere. */
  async #readOn(opening: Promise<void> | undefined): Promise<void> {
    for await (const recorded of this.#ledger.readAll(this.#end)) {
      if (this.#opening !== opening) {
        this.#mustRead = true
        return
      }
      this.#keep(eventOf(recorded))
    }
    this.#tellSoon()
  }

  /** Soon after a quiet time, else when the pause is over. */
  #tellSoon(): void {
    if (this.#telling !== undefined) return
    const nowMs = this.#clock.nowMs()
    const restMs = Math.min(this.#toldAtMs + TELL_PAUSE_MS - nowMs, TELL_PAUSE_MS)
    const waitMs = Math.max(restMs, TELL_DELAY_MS)
    this.#telling = this.#clock.wakeAt(nowMs + waitMs, () => {
      this.#telling = undefined
      this.#toldAtMs = this.#clock.nowMs()
      void this.#tell()
    })
  }

  async #tell(): Promise<void> {
    let told = 0
    for (const callback of [...this.#followers]) {
      if (!this.#followers.has(callback)) continue
      callback()
      told += 1
      if (told % TOLD_AT_ONCE === 0) await nextTurn()
    }
  }

  #keep(event: HubEvent): void {
    this.#kept.push(event)
    this.#characters += event.text.length
    this.#end = event.recorded.position
    while (this.#kept.length > KEPT_MAX || this.#characters > KEPT_CHARACTERS_MAX) {
      this.#characters -= this.#kept.shift()?.text.length ?? 0
    }
  }
}

function eventOf(recorded: Recorded): HubEvent {
  const data = JSON.stringify(recorded)
  return { recorded, text: `event: entry\nid: ${recorded.position}\ndata: ${data}\n\n` }
}
