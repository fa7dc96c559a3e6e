/**
 * The live stream of one ramp, as server-sent events. Entries are always read from the ledger, first
 * what is there and then what comes; the ledger's hints only say when to look again. So none is left
 * out and none comes twice however slow the reader is, and nothing is kept for them in memory.
 */
import type { Engine } from '../engine/engine.ts'
import type { Clock, Timer } from '../seams/clock.ts'
import type { Ledger } from '../seams/ledger.ts'
import { AnswerBoard } from './answer-board.ts'
import type { SlowWriter } from './slow-writer.ts'

/** A heartbeat comes this often, so that both sides notice when the other is gone. @unit ms */
export const HEARTBEAT_MS = 10_000

/** Which ramp, from where, to whom. */
export interface RampStreamOptions {
  readonly engine: Engine
  readonly ledger: Ledger
  readonly clock: Clock
  readonly ramp: string
  /** The last sequence the reader has seen. */
  readonly after: number
  readonly writer: SlowWriter
}

/** Writes everything that happens to a ramp until it has ended or the reader leaves. */
export async function streamRamp(options: RampStreamOptions): Promise<void> {
  const stream = new RampStream(options)
  try {
    await stream.run()
  } finally {
    stream.close()
  }
}

class RampStream {
  readonly #options: RampStreamOptions
  readonly #board = new AnswerBoard()
  readonly #unsubscribe: readonly (() => void)[]
  #after: number
  #wake: PromiseWithResolvers<void> = Promise.withResolvers()
  #timer: Timer | undefined
  #beat: Timer | undefined

  constructor(options: RampStreamOptions) {
    this.#options = options
    this.#after = options.after
    const { engine, ledger, clock, ramp, writer } = options
    this.#unsubscribe = [
      // Whichever replica runs the ramp; answers that are not recorded are told by the one that does.
      ledger.onAppended((stream) => {
        if (stream === ramp || stream === undefined) this.#wake.resolve()
      }),
      engine.events.on('question.answered', (event) => {
        if (event.ramp !== ramp) return
        this.#board.put(event, clock.nowMs(), writer.isBehind)
        this.#wakeForAnswers()
      }),
    ]
    writer.gone.addEventListener('abort', () => this.#wake.resolve(), { once: true })
    this.#scheduleBeat()
  }

  async run(): Promise<void> {
    const { writer } = this.#options
    while (!writer.gone.aborted) {
      // Made before looking, so that what comes while looking wakes again.
      this.#wake = Promise.withResolvers()
      if (await this.#writeEntries()) return
      await this.#writeAnswers()
      this.#wakeForAnswers()
      await this.#wake.promise
    }
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#timer?.cancel()
    this.#beat?.cancel()
  }

  /** Writes what the ledger holds beyond what was written; true after the ramp's last entry. */
  async #writeEntries(): Promise<boolean> {
    const { ledger, ramp, writer } = this.#options
    for await (const recorded of ledger.read(ramp, this.#after)) {
      await writer.write(eventText('entry', recorded, recorded.sequence))
      if (writer.gone.aborted) return true
      this.#after = recorded.sequence
      if (recorded.entry.type !== 'ramp.ended') continue
      await writer.write(eventText('end', {}))
      return true
    }
    // A reader who has seen the end already is told so at once.
    const state = await this.#options.engine.state(ramp)
    if (state?.ended === undefined || state.sequence > this.#after) return false
    await writer.write(eventText('end', {}))
    return true
  }

  async #writeAnswers(): Promise<void> {
    const { clock, writer } = this.#options
    const answers = this.#board.take(clock.nowMs())
    for (const { type, ...told } of answers) await writer.write(eventText(type, told))
    const missed = this.#board.takeMissed()
    if (missed > 0) await writer.write(eventText('missed', { answers: missed }))
  }

  #wakeForAnswers(): void {
    this.#timer?.cancel()
    const nextMs = this.#board.nextMs()
    if (nextMs === undefined) return
    this.#timer = this.#options.clock.wakeAt(nextMs, () => this.#wake.resolve())
  }

  #scheduleBeat(): void {
    const { clock, writer } = this.#options
    this.#beat = clock.wakeAt(clock.nowMs() + HEARTBEAT_MS, () => {
      writer.beat(': still here\n\n')
      this.#scheduleBeat()
    })
  }
}

function eventText(event: string, data: unknown, id?: number): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`
  return `event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`
}
