/** The input of the `file` probe, its templates resolved. */
import { resolve } from 'node:path'
import type { InputReader } from '../input/input-reader.ts'
import { findPatternMistake } from '../pattern/pattern.ts'

/** What may stand at a path. */
export type FileType = 'file' | 'folder' | 'socket'

/** What must be there, or must not. */
export interface FileInput {
  /** As it is written, for people. */
  readonly name: string
  /** Absolute. */
  readonly path: string
  /** It must not be there. */
  readonly absent: boolean
  /** @default file */
  readonly type: FileType
  /** @unit bytes */
  readonly minSize: number
  /** @unit ms */
  readonly stableMs: number
  /** 64 hexadecimal digits. */
  readonly sha256: string | undefined
  readonly content: string | undefined
  readonly json: boolean
  /** @unit bytes @default 1 MiB */
  readonly readBytesMax: number
}

const READ_BYTES_MAX = 1_048_576
const TYPES: readonly FileType[] = ['file', 'folder', 'socket']

/** Reads the input; what is wrong with it is kept by the reader. */
export function readFileInput(reader: InputReader, folder: string): FileInput {
  const name = reader.text('path')
  if (name.includes('\0')) reader.refuse('`path` must not hold a NUL character.')
  return {
    name,
    path: resolve(folder, name),
    absent: reader.flag('absent', false),
    type: readType(reader),
    minSize: reader.whole('minSize', 0),
    stableMs: reader.whole('stableFor', 0),
    sha256: readDigest(reader),
    content: readContent(reader),
    json: reader.flag('json', false),
    readBytesMax: reader.whole('readLimit', READ_BYTES_MAX),
  }
}

function readType(reader: InputReader): FileType {
  const text = reader.optionalText('type') ?? 'file'
  const type = TYPES.find((one) => one === text)
  if (type === undefined) reader.refuse(`\`type\` must be one of ${TYPES.join(', ')}, not ${text}.`)
  if (type !== 'file' && ['sha256', 'content', 'json'].some((name) => reader.has(name))) {
    reader.refuse(`a ${text} has no content that could be judged.`)
  }
  return type ?? 'file'
}

function readDigest(reader: InputReader): string | undefined {
  const digits = reader
    .optionalText('sha256')
    ?.replace(/^sha256:/, '')
    .toLowerCase()
  if (digits !== undefined && !/^[0-9a-f]{64}$/.test(digits)) {
    reader.refuse('`sha256` must be 64 hexadecimal digits.')
  }
  return digits
}

function readContent(reader: InputReader): string | undefined {
  const content = reader.optionalText('content')
  const mistake = content === undefined ? undefined : findPatternMistake(content)
  if (mistake !== undefined) reader.refuse(`\`content\` is not a pattern: ${mistake}`)
  return content
}
