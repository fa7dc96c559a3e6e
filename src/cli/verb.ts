/** What a command is made of, and the options that several have. */
import type { CliParts } from './cli-parts.ts'

/** What commander has made of the options. */
export type Options = Readonly<Record<string, never>>
type Action = (parts: CliParts, args: readonly string[], options: Options) => Promise<number>

/** Flag and description; `repeatable`: it may be given several times, each adding to a list. */
export type Flag = readonly [string, string, 'repeatable'?]

/** One command. */
export interface Verb {
  /** As commander writes it: `up [path]`. */
  readonly usage: string
  readonly summary: string
  readonly options: readonly Flag[]
  /** Not shown in the help. */
  readonly isHidden?: boolean
  readonly run: Action
}

export const JSON_FLAG: Flag = ['--json', 'print one JSON value a line, for programs']
export const WORKSPACE_FLAG: Flag = ['--workspace <folder>', 'the folder whose .rampart is meant']
export const TARGET_FLAG: Flag = [
  '--target <target>',
  'for which of its targets, as RAMPART_TARGET',
]
export const NAME_FLAG: Flag = ['--name <contract>', 'which of several contracts']
export const PICTURE_FLAGS: readonly Flag[] = [
  ['--svg <file>', 'also draw it'],
  ['--png <file>', 'also draw it, by rsvg-convert of librsvg'],
]
export const TRACE_FLAG: Flag = [
  '--trace <file>',
  'also write what happened for Perfetto or Chrome',
]
export const WHY_FLAG: Flag = ['--why <text>', 'the reason, for the ledger']
