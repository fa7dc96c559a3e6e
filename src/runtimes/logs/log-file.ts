/**
 * The log of one subject, rotated by size: `log`, `log.1` (newer) to `log.N` (older). How far the
 * raw files were read is kept in `log.state` together with the length that `log` had then. What
 * stands in `log` beyond that length was written just before a crash and not noted: it is cut off
 * at opening and read again, so that no line is lost and none stands twice.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { BEGINNING, type Cursor } from './split-lines.ts'

/** How large logs may become. */
export interface LogLimits {
  /** When `log` is rotated. @unit bytes @default 10 MiB */
  readonly fileMax: number
  /** How many files there are, `log` itself included. @default 5 @minimum 1 */
  readonly files: number
  /** The longest line kept. @unit bytes @default 64 KiB */
  readonly lineMax: number
  /** When a raw file that has been read is emptied. @unit bytes @default 64 MiB */
  readonly rawMax: number
}

/** The limits when nothing else is asked for. */
export const LOG_LIMITS: LogLimits = {
  fileMax: 10 * 1024 * 1024,
  files: 5,
  lineMax: 64 * 1024,
  rawMax: 64 * 1024 * 1024,
}

const STATE = z.object({
  logBytes: z.number().int().min(0),
  cursors: z.record(
    z.string(),
    z.object({ offset: z.number().int().min(0), skipping: z.boolean() }),
  ),
})

/** The log of one subject. One writer at a time. */
export class LogFile {
  readonly #folder: string
  readonly #limits: LogLimits
  readonly #state: number
  #log: number
  #logBytes: number
  #stateBytes = 0
  readonly #cursors: Map<string, Cursor>

  /** Opens the log in a subject's folder, and takes back what was written but not noted. */
  constructor(folder: string, limits: LogLimits) {
    this.#folder = folder
    this.#limits = limits
    const saved = readState(join(folder, 'log.state'))
    this.#state = openSync(
      join(folder, 'log.state'),
      existsSync(join(folder, 'log.state')) ? 'r+' : 'w+',
      0o600,
    )
    this.#stateBytes = fstatSync(this.#state).size
    this.#log = openLog(folder)
    this.#cursors = new Map(Object.entries(saved?.cursors ?? {}))
    const { size } = fstatSync(this.#log)
    // Shorter than noted: it had just been rotated, and everything noted is in `log.1`.
    this.#logBytes = saved === undefined || size < saved.logBytes ? 0 : saved.logBytes
    if (saved === undefined) this.#logBytes = size
    else if (size > this.#logBytes) ftruncateSync(this.#log, this.#logBytes)
  }

  /** How far a raw file was read. */
  cursor(raw: string): Cursor {
    return this.#cursors.get(raw) ?? BEGINNING
  }

  /** Appends text read from a raw file, and notes how far that was. */
  append(text: string, raw: string, cursor: Cursor): void {
    if (text.length > 0) {
      if (this.#logBytes >= this.#limits.fileMax) this.#rotate()
      this.#logBytes += writeWhole(this.#log, Buffer.from(text), null)
    }
    this.#cursors.set(raw, cursor)
    this.#save()
  }

  /** Forgets raw files that have been removed. */
  forget(raws: readonly string[]): void {
    for (const raw of raws) this.#cursors.delete(raw)
    this.#save()
  }

  /** The files, oldest first. */
  paths(): readonly string[] {
    return logPaths(this.#folder, this.#limits.files)
  }

  close(): void {
    closeSync(this.#log)
    closeSync(this.#state)
  }

  /** `log` itself moves last: until then, a crash has moved nothing that is noted. */
  #rotate(): void {
    closeSync(this.#log)
    const { files } = this.#limits
    rmSync(join(this.#folder, `log.${files - 1}`), { force: true })
    for (let number = files - 2; number >= 1; number--) {
      const from = join(this.#folder, `log.${number}`)
      if (existsSync(from)) renameSync(from, join(this.#folder, `log.${number + 1}`))
    }
    if (files > 1) renameSync(join(this.#folder, 'log'), join(this.#folder, 'log.1'))
    else rmSync(join(this.#folder, 'log'))
    this.#log = openLog(this.#folder)
    this.#logBytes = 0
    this.#save()
  }

  /** One write in place, padded with spaces: a killed process cannot leave half of it. */
  #save(): void {
    const state = { logBytes: this.#logBytes, cursors: Object.fromEntries(this.#cursors) }
    const text = Buffer.from(JSON.stringify(state).padEnd(this.#stateBytes))
    this.#stateBytes = text.length
    writeWhole(this.#state, text, 0)
  }
}

/** The log files of a subject's folder, oldest first, whether they exist or not. */
export function logPaths(folder: string, files: number): readonly string[] {
  const older = Array.from({ length: files - 1 }, (_, index) => `log.${files - 1 - index}`)
  return [...older, 'log'].map((name) => join(folder, name))
}

function openLog(folder: string): number {
  return openSync(join(folder, 'log'), 'a', 0o600)
}

function writeWhole(file: number, bytes: Buffer, position: number | null): number {
  let written = 0
  while (written < bytes.length) {
    const at = position === null ? null : position + written
    written += writeSync(file, bytes, written, bytes.length - written, at)
  }
  return written
}

function readState(path: string): z.infer<typeof STATE> | undefined {
  try {
    return STATE.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    // Torn by a loss of power: the raw files are then read from their beginnings again.
    if (absent || error instanceof SyntaxError || error instanceof z.ZodError) return undefined
    throw error
  }
}
