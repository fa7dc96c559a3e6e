/**
 * Carries the raw output of components into their logs, and to those who follow. It reads when the
 * files stir; the component never waits for it, and goes on writing while there is no daemon.
 *
 * A raw file beyond `rawMax` is emptied once everything in it has been read (the component writes
 * with O_APPEND, so it goes on at the beginning). What it writes in the microseconds between our
 * last look at the length and the emptying is lost; there is no call that could prevent it.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { LogFeed } from './log-feed.ts'
import { LOG_LIMITS, LogFile, type LogLimits, logPaths } from './log-file.ts'
import { type LogLine, parseLogLine, printLogLine } from './log-line.ts'
import { readTail } from './read-tail.ts'
import { splitLines } from './split-lines.ts'

/** How much is read before others get their turn. */
const PIECE = 256 * 1024
const TAIL_BYTES_MAX = 16 * 1024 * 1024

/** Raw output to carry over. */
export interface RawOutput {
  readonly subject: string
  readonly subjectFolder: string
  /** Which start of the subject. */
  readonly number: number
  /** Which of several that run side by side. */
  readonly copy?: number | undefined
  /** The start's folder. */
  readonly path: string
  /** Whether the component has ended, so that an unfinished line is a line. */
  readonly isEnded: boolean
}

/** What to follow. */
export interface FollowOptions {
  /** Absent: all subjects. */
  readonly subject?: string
  /** How many earlier lines come first. @default 0 */
  readonly tailLines?: number
  readonly signal: AbortSignal
}

/** What the keeper needs. */
export interface LogKeeperNeeds {
  readonly nowMs: () => number
  readonly limits?: Partial<LogLimits>
  readonly waitingMax?: number
}

/** Keeps the logs of all subjects. */
export class LogKeeper {
  readonly #nowMs: () => number
  readonly #limits: LogLimits
  readonly #feed: LogFeed
  readonly #files = new Map<string, LogFile>()
  readonly #folders = new Map<string, string>()
  /** Raw files that still hold more than was read in one turn. */
  readonly #unfinished = new Map<string, NodeJS.Immediate>()

  constructor(needs: LogKeeperNeeds) {
    this.#nowMs = needs.nowMs
    this.#limits = { ...LOG_LIMITS, ...needs.limits }
    this.#feed = new LogFeed(needs.waitingMax)
  }

  /** Carries over what is new; goes on by itself while there is more. */
  carry(raw: RawOutput): void {
    const file = this.#open(raw)
    for (const stream of ['out', 'err'] as const) this.#carryStream(file, raw, stream)
  }

  /** Forgets starts whose folders are being removed. */
  forget(raw: Omit<RawOutput, 'isEnded'>): void {
    this.#files.get(raw.subject)?.forget([`${raw.number}/out`, `${raw.number}/err`])
  }

  /** Earlier lines, then live ones, until the signal or until the keeper is closed. */
  follow(options: FollowOptions): AsyncIterable<LogLine> {
    const { subject, tailLines = 0, signal } = options
    return this.#feed.follow(subject, this.tail(subject, tailLines), signal)
  }

  /** The last lines of a subject, or of all of them in the order of time. */
  tail(subject: string | undefined, linesMax: number): readonly LogLine[] {
    if (linesMax === 0) return []
    const subjects = subject === undefined ? [...this.#folders.keys()] : [subject]
    const lines = subjects.flatMap((name) => this.#tailOf(name, linesMax))
    return lines.sort((one, other) => one.atMs - other.atMs).slice(-linesMax)
  }

  /** Idempotent. */
  close(): void {
    for (const turn of this.#unfinished.values()) clearImmediate(turn)
    this.#unfinished.clear()
    this.#feed.close()
    for (const file of this.#files.values()) file.close()
    this.#files.clear()
  }

  #open(raw: RawOutput): LogFile {
    const open = this.#files.get(raw.subject)
    if (open !== undefined) return open
    const file = new LogFile(raw.subjectFolder, this.#limits)
    this.#files.set(raw.subject, file)
    this.#folders.set(raw.subject, raw.subjectFolder)
    return file
  }

  #carryStream(file: LogFile, raw: RawOutput, stream: 'out' | 'err'): void {
    const handle = openRaw(join(raw.path, stream))
    if (handle === undefined) return
    const key = `${raw.number}/${stream}`
    try {
      const { size } = fstatSync(handle)
      const saved = file.cursor(key)
      // Shorter than what was read: it was emptied, and begins anew.
      const cursor = size < saved.offset ? { offset: 0, skipping: false } : saved
      if (size === cursor.offset) return this.#empty(file, handle, key, size)
      // Always more than the longest line, so that every turn gets somewhere.
      const length = Math.min(size - cursor.offset, PIECE + this.#limits.lineMax)
      const bytes = Buffer.alloc(length)
      const got = readSync(handle, bytes, 0, length, cursor.offset)
      const isLast = cursor.offset + got >= size
      const { lineMax } = this.#limits
      const split = splitLines(bytes.subarray(0, got), cursor, {
        lineMax,
        isEnd: raw.isEnded && isLast,
      })
      const { subject, copy } = raw
      const from = { subject, stream, ...(copy === undefined ? {} : { copy }) }
      this.#write(file, from, split.lines, { key, cursor: split.cursor })
      if (!isLast) this.#later(key, raw)
      else this.#empty(file, handle, key, split.cursor.offset)
    } finally {
      closeSync(handle)
    }
  }

  #write(
    file: LogFile,
    from: Omit<LogLine, 'atMs' | 'text'>,
    lines: readonly string[],
    at: { key: string; cursor: ReturnType<LogFile['cursor']> },
  ): void {
    const atMs = this.#nowMs()
    const text = lines.map((line) => printLogLine({ ...from, atMs, text: line })).join('')
    file.append(text, at.key, at.cursor)
    if (!this.#feed.hasReaders) return
    for (const line of lines) this.#feed.publish({ ...from, atMs, text: line })
  }

  #empty(file: LogFile, handle: number, key: string, readBytes: number): void {
    if (readBytes < this.#limits.rawMax || fstatSync(handle).size !== readBytes) return
    ftruncateSync(handle, 0)
    file.append('', key, { offset: 0, skipping: file.cursor(key).skipping })
  }

  #later(key: string, raw: RawOutput): void {
    const turn = `${raw.subject}#${key}`
    // The latest word counts: the component may have ended in the meantime.
    clearImmediate(this.#unfinished.get(turn))
    const next = setImmediate(() => {
      this.#unfinished.delete(turn)
      this.carry(raw)
    })
    this.#unfinished.set(turn, next)
  }

  #tailOf(subject: string, linesMax: number): readonly LogLine[] {
    const folder = this.#folders.get(subject)
    if (folder === undefined) return []
    const lines: LogLine[] = []
    for (const path of [...logPaths(folder, this.#limits.files)].reverse()) {
      const wanted = linesMax - lines.length
      if (wanted <= 0) break
      const read = readTail(path, wanted, TAIL_BYTES_MAX)
      lines.unshift(...read.flatMap((line) => parseLogLine(subject, line) ?? []))
    }
    return lines
  }
}

function openRaw(path: string): number | undefined {
  try {
    return openSync(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
