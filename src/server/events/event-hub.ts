/**
 * What happens in the whole ledger, read once for all who follow it. The latest entries are kept as
 * they are written to readers; each reader has only a place in them. Who falls behind what is kept
 * reads the ledger for themselves, at their own pace, and holds up nobody.
 */
import type { Ledger, Recorded } from '../../seams/ledger.ts'

/** An entry, and how it is written to readers. */
export interface HubEvent {
  readonly recorded: Recorded
  readonly text: string
}

/** So many entries are kept at hand, and so much of their texts. */
const KEPT_MAX = 4_096
const KEPT_CHARACTERS_MAX = 16 * 1024 * 1024

/** Follows a ledger for as long as anybody follows it through this. */
export class EventHub {
  readonly #ledger: Ledger
  readonly #onTrouble: (error: unknown) => void
  readonly #followers = new Set<() => void>()
  #kept: HubEvent[] = []
  #characters = 0
  #end = 0
  #stopListening: (() => void) | undefined
  #isReading = false
  #mustRead = false
  #opening: Promise<void> | undefined

  constructor(ledger: Ledger, onTrouble: (error: unknown) => void) {
    this.#ledger = ledger
    this.#onTrouble = onTrouble
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

  /** Entries after a position, as far as they are known: at hand, else read from the ledger. */
  async *after(position: number): AsyncGenerator<HubEvent> {
    let at = position
    while (at < this.#end) {
      const first = this.#kept[0]?.recorded.position ?? this.#end + 1
      if (at + 1 < first) {
        for await (const recorded of this.#ledger.readAll(at)) {
          at = recorded.position
          yield eventOf(recorded)
          if (at + 1 >= (this.#kept[0]?.recorded.position ?? this.#end + 1)) break
        }
        continue
      }
      const event = this.#kept[at + 1 - first]
      if (event === undefined) return
      at += 1
      yield event
    }
  }

  async #open(): Promise<void> {
    this.#stopListening = this.#ledger.onAppended(() => this.#read())
    this.#end = await this.#ledger.end()
  }

  #leave(callback: () => void): void {
    this.#followers.delete(callback)
    if (this.#followers.size > 0) return
    this.#stopListening?.()
    this.#opening = undefined
    this.#kept = []
    this.#characters = 0
  }

  #read(): void {
    this.#mustRead = true
    if (this.#isReading) return
    this.#isReading = true
    this.#readAll()
      .catch(this.#onTrouble)
      .finally(() => {
        this.#isReading = false
      })
  }

  async #readAll(): Promise<void> {
    await this.#opening
    while (this.#mustRead && this.#followers.size > 0) {
      this.#mustRead = false
      for await (const recorded of this.#ledger.readAll(this.#end)) this.#keep(eventOf(recorded))
      for (const callback of this.#followers) callback()
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
