/** The input of the `log` probe, its templates resolved, and the files it reads. */
import type { JsonObject } from '../../core/units/json.ts'
import type { InputReader } from '../input/input-reader.ts'
import { findPatternMistake } from '../pattern/pattern.ts'

/** Which output of a process. */
export type LogStream = 'out' | 'err'

/** One file to read. */
export interface LogFile {
  readonly stream: LogStream
  readonly path: string
}

/** What line to wait for, and where. */
export interface LogInput {
  readonly pattern: string
  /** Line after which the stage cannot get ready. */
  readonly fatal: string | undefined
  readonly files: readonly LogFile[]
}

/** Reads the input; what is wrong with it is kept by the reader. */
export function readLogInput(reader: InputReader, self: JsonObject): LogInput {
  const pattern = reader.text('pattern')
  const fatal = reader.optionalText('fatal')
  for (const [name, text] of Object.entries({ pattern, fatal })) {
    const mistake = text === undefined ? undefined : findPatternMistake(text)
    if (mistake !== undefined) reader.refuse(`\`${name}\` is not a pattern: ${mistake}`)
  }
  const stream = reader.optionalText('stream') ?? 'both'
  if (!['out', 'err', 'both'].includes(stream)) {
    reader.refuse(`\`stream\` must be out, err or both, and is ${stream}.`)
  }
  return { pattern, fatal, files: filesOf(stream, self) }
}

function filesOf(stream: string, self: JsonObject): readonly LogFile[] {
  const files: LogFile[] = []
  for (const name of ['out', 'err'] as const) {
    const path = self[name]
    const isWanted = stream === 'both' || stream === name
    if (isWanted && typeof path === 'string') files.push({ stream: name, path })
  }
  return files
}
