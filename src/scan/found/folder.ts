/** The folder that is scanned, as readers see it: files by their path, all bounded, nothing else. */
import type { Findings } from './found-port.ts'
import type { SourceText } from './source-text.ts'

/** A folder of files. */
export interface Folder {
  /** Every file that is not ignored, sorted. */
  readonly paths: readonly string[]
  /** Whether it is among them. */
  has(path: string): boolean
  /**
   * The text of a file in the folder, also of one that is ignored; undefined when it is not there, is no
   * plain file, too large, or no text. The same object each time, so that much can be told of it once.
   */
  read(path: string): SourceText | undefined
  /** Variables that are set before all files, as those of a shell. */
  readonly variables: Readonly<Record<string, string>>
}

/** Reads one format. */
export interface FormatReader {
  readonly name: string
  /** Whether a file may be one of this format, by its path alone. */
  takes(path: string): boolean
  /** Whether the text is worth reading; spares a parser's work. */
  readonly hint?: RegExp
  read(source: SourceText, folder: Folder): Findings
}
