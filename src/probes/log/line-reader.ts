/**
 * Reads a growing file line by line, going on where it stopped the last time. Memory is bounded: of a
 * line longer than the limit only the beginning is kept. A line counts once its end was written.
 *
 * It reads without leaving the event loop, a chunk at a turn: what was just written is in memory, and
 * going through a pool of threads for each call would take longer than all of them together.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'

/** The longest part of a line that is looked at. @unit bytes */
const LINE_BYTES_MAX = 65_536
const CHUNK_BYTES = 65_536
const NEWLINE = 0x0a

/** What one reading came to. */
export interface Reading {
  /** `stopped`: the signal aborted before the end of the file. */
  readonly end: 'reached' | 'absent' | 'stopped'
}

/** Reads one file. */
export class LineReader {
  readonly #path: string
  readonly #onLine: (line: string, lineNumber: number) => void
  #offset = 0
  #inode: number | undefined
  #lineNumber = 0
  /** The beginning of a line whose end has not been written yet. */
  #carry: Buffer = Buffer.alloc(0)

  constructor(path: string, onLine: (line: string, lineNumber: number) => void) {
    this.#path = path
    this.#onLine = onLine
  }

  /** How many lines have been read. */
  get lineCount(): number {
    return this.#lineNumber
  }

  /**
   * Reads on to the end of the file. A file that got shorter, or was replaced, is read from
   * its start.
   */
  async readOn(signal: AbortSignal): Promise<Reading> {
    const file = openIfThere(this.#path)
    if (file === undefined) return { end: 'absent' }
    try {
      const { size, ino } = fstatSync(file)
      if (size < this.#offset || ino !== this.#inode) this.#startAnew()
      this.#inode = ino
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
      for (;;) {
        if (signal.aborted) return { end: 'stopped' }
        const bytesRead = readSync(file, chunk, 0, CHUNK_BYTES, this.#offset)
        if (bytesRead === 0) return { end: 'reached' }
        this.#offset += bytesRead
        this.#split(chunk.subarray(0, bytesRead))
        // Others get their turn in between; what comes after a short read is told by the next look.
        if (bytesRead < CHUNK_BYTES) return { end: 'reached' }
        await nextTurn()
      }
    } finally {
      closeSync(file)
    }
  }

  #startAnew(): void {
    this.#offset = 0
    this.#lineNumber = 0
    this.#carry = Buffer.alloc(0)
  }

  #split(chunk: Buffer): void {
    let start = 0
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, start)
      if (newline === -1) break
      this.#endLine(chunk.subarray(start, newline))
      start = newline + 1
    }
    this.#carry = this.#carried(chunk.subarray(start))
  }

  #endLine(rest: Buffer): void {
    const bytes = this.#carry.length === 0 ? rest : this.#carried(rest)
    this.#carry = Buffer.alloc(0)
    this.#lineNumber += 1
    const line = bytes.toString('utf8').replace(/\r$/, '')
    this.#onLine(line.includes('\u001b') ? stripVTControlCharacters(line) : line, this.#lineNumber)
  }

  /** A copy, because the chunk is overwritten by the next read. */
  #carried(rest: Buffer): Buffer {
    const room = LINE_BYTES_MAX - this.#carry.length
    return Buffer.concat([this.#carry, rest.subarray(0, Math.max(0, room))])
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (thrown) {
    const isAbsent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
    if (isAbsent) return undefined
    throw thrown
  }
}
