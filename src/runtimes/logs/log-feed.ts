/**
 * Hands live lines to readers. A slow reader never holds up the writer nor fills the memory: beyond
 * a bound its oldest lines are dropped, and it is told how many.
 */
import type { LogLine } from './log-line.ts'

/** How much may wait for one reader. @unit bytes, roughly */
const WAITING_MAX = 8 * 1024 * 1024

/** What a line costs besides its text. */
const LINE_COST = 64

/** Hands lines out to any number of readers. */
export class LogFeed {
  readonly #readers = new Set<Reader>()
  readonly #waitingMax: number

  constructor(waitingMax: number = WAITING_MAX) {
    this.#waitingMax = waitingMax
  }

  get hasReaders(): boolean {
    return this.#readers.size > 0
  }

  publish(line: LogLine): void {
    for (const reader of this.#readers) reader.offer(line)
  }

  /** Ends every reader, once it has taken what waits for it. */
  close(): void {
    for (const reader of this.#readers) reader.end()
    this.#readers.clear()
  }

  /** The lines of a subject (or of all) from now on, after the `earlier` ones, until the signal. */
  follow(
    subject: string | undefined,
    earlier: readonly LogLine[],
    signal: AbortSignal,
  ): AsyncIterable<LogLine> {
    const reader = new Reader(subject, earlier, this.#waitingMax)
    // Subscribed here, not at the first step, so that no line between the two is missed.
    if (!signal.aborted) this.#readers.add(reader)
    const stop = (): void => {
      this.#readers.delete(reader)
      reader.end()
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    return readAll(reader, () => {
      signal.removeEventListener('abort', stop)
      stop()
    })
  }
}

async function* readAll(reader: Reader, finish: () => void): AsyncGenerator<LogLine> {
  try {
    for (;;) {
      const line = reader.take()
      if (line !== undefined) yield line
      else if (reader.isEnded) return
      else await reader.untilStirred()
    }
  } finally {
    finish()
  }
}

class Reader {
  readonly #subject: string | undefined
  readonly #waitingMax: number
  #waiting: LogLine[]
  /** Index of the next line: shifting a long array for each line would be quadratic. */
  #next = 0
  #waitingBytes = 0
  #dropped = 0
  #stirred: (() => void) | undefined
  isEnded = false

  constructor(subject: string | undefined, earlier: readonly LogLine[], waitingMax: number) {
    this.#subject = subject
    this.#waiting = [...earlier]
    for (const line of earlier) this.#waitingBytes += costOf(line)
    this.#waitingMax = waitingMax
  }

  offer(line: LogLine): void {
    if (this.#subject !== undefined && this.#subject !== line.subject) return
    this.#waiting.push(line)
    this.#waitingBytes += costOf(line)
    while (this.#waitingBytes > this.#waitingMax && this.#next < this.#waiting.length - 1) {
      this.#advance()
      this.#dropped++
    }
    this.#stirred?.()
  }

  take(): LogLine | undefined {
    const line = this.#waiting[this.#next]
    if (line === undefined) return undefined
    if (this.#dropped > 0) {
      const text = `${this.#dropped} lines were dropped here: the reader is slower than the output`
      this.#dropped = 0
      return { subject: line.subject, atMs: line.atMs, stream: 'note', text }
    }
    this.#advance()
    return line
  }

  untilStirred(): Promise<void> {
    return new Promise((resolve) => {
      this.#stirred = resolve
    })
  }

  end(): void {
    this.isEnded = true
    this.#stirred?.()
  }

  #advance(): void {
    const line = this.#waiting[this.#next]
    if (line !== undefined) this.#waitingBytes -= costOf(line)
    this.#next++
    if (this.#next * 2 < this.#waiting.length) return
    this.#waiting = this.#waiting.slice(this.#next)
    this.#next = 0
  }
}

function costOf(line: LogLine): number {
  return line.text.length + LINE_COST
}
