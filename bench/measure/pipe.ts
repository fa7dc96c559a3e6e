/** Named pipes: how shell programs are woken, and tell that they were, without a process of their own. */
import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, read, writeSync } from 'node:fs'
import { monotonicMs } from './monotonic.ts'

/** What ends a listener's last, waiting read. */
const LAST_WORDS = '\u0004'

/** A named pipe held open at both ends, so that nobody who opens it has to wait. */
export class Pipe {
  readonly path: string
  readonly #file: number

  constructor(path: string) {
    execFileSync('mkfifo', [path])
    this.path = path
    this.#file = openSync(path, constants.O_RDWR)
  }

  /** Wakes whoever reads a line from it. Returns the instant just before. @unit ms */
  wake(): number {
    const atMs = monotonicMs()
    writeSync(this.#file, '\n')
    return atMs
  }

  /** Calls back for every line that somebody writes into it, with the instant it was read. */
  listen(heard: (line: string, atMs: number) => void): void {
    const buffer = Buffer.alloc(4_096)
    const next = (): void =>
      read(this.#file, buffer, 0, buffer.length, null, (error, bytes) => {
        const atMs = monotonicMs()
        const text = error === null ? buffer.toString('utf8', 0, bytes) : LAST_WORDS
        if (text.includes(LAST_WORDS)) return closeSync(this.#file)
        for (const line of text.split('\n')) if (line !== '') heard(line, atMs)
        next()
      })
    next()
  }

  /** Closes one that nobody listens to. */
  close(): void {
    closeSync(this.#file)
  }

  /** Ends listening, and closes it. */
  stopListening(): void {
    writeSync(this.#file, LAST_WORDS)
  }
}
