/**
 * One reader of everything that happens, as server-sent events: every entry they ask for and may see,
 * in order, none twice, from where they left off. Answers that were not worth an entry are not told
 * here, so nothing is ever left out.
 */
import type { Clock, Timer } from '../../seams/clock.ts'
import type { Recorded } from '../../seams/ledger.ts'
import { HEARTBEAT_MS } from '../ramp-stream.ts'
import type { SlowWriter } from '../slow-writer.ts'
import type { EventHub } from './event-hub.ts'

/** What somebody follows. */
export interface EventStreamOptions {
  readonly hub: EventHub
  readonly clock: Clock
  readonly writer: SlowWriter
  /** The last position the reader has seen; absent: from now on. */
  readonly after?: number | undefined
  /** Ends the stream then, so that whoever reads must show again who they are. @unit ms since 1970 */
  readonly untilMs?: number | undefined
  /** Whether an entry is asked for and may be seen. */
  wants(recorded: Recorded): boolean | Promise<boolean>
}

/** So many entries that nobody asked for are passed before a reader is told how far it has come. */
const SKIPPED_MAX = 1_000

/** Writes until the reader leaves or the stream is over. */
export async function streamEvents(options: EventStreamOptions): Promise<void> {
  const { hub, clock, writer, untilMs } = options
  const wake = new Wake()
  const timers: { beat?: Timer; end?: Timer } = {}
  const stop = await hub.follow(() => wake.now())
  let at = options.after ?? hub.end
  const beat = (): void => {
    writer.beat(': still here\n\n')
    timers.beat = clock.wakeAt(clock.nowMs() + HEARTBEAT_MS, beat)
  }
  timers.beat = clock.wakeAt(clock.nowMs() + HEARTBEAT_MS, beat)
  if (untilMs !== undefined) timers.end = clock.wakeAt(untilMs, () => wake.now())
  writer.gone.addEventListener('abort', () => wake.now(), { once: true })
  try {
    // A ledger that was restored from a backup may end before what the reader has seen.
    if (at > hub.end) {
      await writer.write(`event: missed\ndata: ${JSON.stringify({ position: hub.end })}\n\n`)
      at = hub.end
    }
    await writer.write(positionText(at))
    while (!writer.gone.aborted && (untilMs === undefined || clock.nowMs() < untilMs)) {
      wake.reset()
      at = await writeAfter(options, at)
      await wake.woken
    }
  } finally {
    stop()
    timers.beat?.cancel()
    timers.end?.cancel()
  }
}

/** Writes what is there. @returns the position up to which the reader has been told everything */
async function writeAfter(options: EventStreamOptions, position: number): Promise<number> {
  const { hub, writer } = options
  let at = position
  let told = position
  for await (const page of hub.after(position)) {
    // Many entries are one write: with hundreds of readers, writes are what costs.
    let text = ''
    for (const event of page) {
      const isWanted = options.wants(event.recorded)
      if (typeof isWanted === 'boolean' ? isWanted : await isWanted) text += event.text
      at = event.recorded.position
    }
    if (text !== '') told = at
    else if (at - told >= SKIPPED_MAX) {
      text = positionText(at)
      told = at
    }
    if (text !== '') await writer.write(text)
    if (writer.gone.aborted) return at
  }
  return at
}

/** Where a reader is, so that it need not pass again what it did not ask for. */
function positionText(position: number): string {
  return `event: position\nid: ${position}\ndata: ${JSON.stringify({ position })}\n\n`
}

/** Something to wait for, again and again. */
class Wake {
  #waiting: PromiseWithResolvers<void> = Promise.withResolvers()

  get woken(): Promise<void> {
    return this.#waiting.promise
  }

  now(): void {
    this.#waiting.resolve()
  }

  /** To be called before looking, so that what comes while looking wakes again. */
  reset(): void {
    this.#waiting = Promise.withResolvers()
  }
}
