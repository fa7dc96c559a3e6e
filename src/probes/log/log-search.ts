/** One condition's search through the files of one start, remembered between attempts. */
import { findMatch } from '../pattern/pattern.ts'
import type { FoundLine, LogFacts } from './assess-log.ts'
import { LineReader } from './line-reader.ts'
import type { LogFile, LogInput, LogStream } from './log-input.ts'

/** Searches for the line that is waited for, and for a fatal one. */
export class LogSearch {
  readonly #input: LogInput
  readonly #readers: readonly { readonly stream: LogStream; readonly reader: LineReader }[]
  #found: FoundLine | undefined
  #fatal: FoundLine | undefined
  #lastLine: string | undefined

  constructor(input: LogInput) {
    this.#input = input
    this.#readers = input.files.map((file) => ({
      stream: file.stream,
      reader: new LineReader(file.path, (line, lineNumber) => {
        this.#look(file, line, lineNumber)
      }),
    }))
  }

  /** Reads what has been written since, and tells what has been found altogether. */
  async readOn(signal: AbortSignal): Promise<LogFacts> {
    const absent: LogStream[] = []
    for (const { stream, reader } of this.#readers) {
      const { end } = await reader.readOn(signal)
      if (end === 'absent') absent.push(stream)
    }
    return {
      found: this.#found,
      fatal: this.#fatal,
      lineCount: this.#readers.reduce((sum, { reader }) => sum + reader.lineCount, 0),
      absent,
      lastLine: this.#lastLine,
    }
  }

  #look(file: LogFile, line: string, lineNumber: number): void {
    if (line !== '') this.#lastLine = line
    const { pattern, fatal } = this.#input
    this.#found ??= find(file, pattern, line, lineNumber)
    if (fatal !== undefined) this.#fatal ??= find(file, fatal, line, lineNumber)
  }
}

function find(
  file: LogFile,
  pattern: string,
  line: string,
  lineNumber: number,
): FoundLine | undefined {
  const match = findMatch(pattern, line)
  return match && { stream: file.stream, lineNumber, line, captures: match.captures }
}
