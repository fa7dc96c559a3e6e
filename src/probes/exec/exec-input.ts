/** The input of the `exec` probe, its templates resolved. */
import type { InputReader } from '../input/input-reader.ts'

/** What to run and how to judge it. */
export interface ExecInput {
  readonly command: readonly string[]
  readonly cwd: string | undefined
  readonly env: Readonly<Record<string, string>>
  /** Codes that pass. @default 0 */
  readonly expect: readonly number[]
  /** Codes that say: not yet. @default 75 */
  readonly notYet: readonly number[]
  /** Codes that say: asking again is of no use. */
  readonly terminal: readonly number[]
  readonly stdoutJson: boolean
  /** Most output read of each stream. @unit bytes @default 64 KiB */
  readonly outputBytesMax: number
}

/** Says `not yet`, by sysexits: EX_TEMPFAIL. */
const TEMPORARY_FAILURE = 75
const OUTPUT_BYTES_MAX = 65_536

/** Reads the input; what is wrong with it is kept by the reader. */
export function readExecInput(reader: InputReader): ExecInput {
  const command = reader.texts('command', [])
  if (command.length === 0 || command[0] === '') reader.refuse('`command` names no program.')
  if (command.some((part) => part.includes('\0'))) reader.refuse('`command` holds a NUL.')
  const outputBytesMax = reader.whole('outputLimit', OUTPUT_BYTES_MAX)
  return {
    command,
    cwd: reader.optionalText('cwd'),
    env: reader.textMap('env'),
    expect: reader.wholes('expect', [0]),
    notYet: reader.wholes('notYet', [TEMPORARY_FAILURE]),
    terminal: reader.wholes('terminal', []),
    stdoutJson: reader.flag('stdoutJson', false),
    outputBytesMax,
  }
}
