/** A mailbox whose letters are late, come twice, and whose answers get lost. */
import type { JsonObject } from '../../../src/core/units/json.ts'
import type { Letter, Mailbox } from '../../../src/seams/mailbox.ts'
import type { SimulatedClock } from '../simulated-clock.ts'
import type { Faults } from './faults.ts'

/** Puts faults between an engine and its mailbox. */
export class FaultyMailbox implements Mailbox {
  readonly #below: Mailbox
  readonly #clock: SimulatedClock
  readonly #faults: Faults

  constructor(options: {
    readonly below: Mailbox
    readonly clock: SimulatedClock
    readonly faults: Faults
  }) {
    this.#below = options.below
    this.#clock = options.clock
    this.#faults = options.faults
  }

  async send(letter: Letter, signal: AbortSignal): Promise<JsonObject | undefined> {
    const faults = this.#faults
    if (faults.strikes('letters-go-astray', 40)) await this.#clock.pause(faults.between(1, 4_000))
    const answer = await this.#below.send(letter, signal)
    if (answer === undefined || !faults.strikes('letters-go-astray', 25)) return answer
    if (signal.aborted) return undefined
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined))
    })
  }

  serve(
    isOwn: (subject: string) => boolean,
    handle: (letter: Letter) => Promise<JsonObject>,
  ): ReturnType<Mailbox['serve']> {
    return this.#below.serve(isOwn, async (letter) => {
      // Its first answer is lost, and so it is done once more.
      if (this.#faults.strikes('letters-go-astray', 25)) await handle(letter)
      return handle(letter)
    })
  }

  close(): Promise<void> {
    return this.#below.close()
  }
}
